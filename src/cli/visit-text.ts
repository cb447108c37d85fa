import type { SendVisits } from '../visits/report.ts';

/** One line for a person, people first and scanners beside them; none before the first visit. */
export function visitText({ opens, clicks }: SendVisits): string[] {
  if (opens.all + clicks.all === 0) return [];
  const people = `${opens.people} people opened it, ${clicks.people} clicked`;
  const human = `${opens.human} of ${opens.all} opens and ${clicks.human} of ${clicks.all} clicks were theirs`;
  return [`${people} (${human}).`];
}
