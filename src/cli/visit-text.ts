import type { SendVisits } from '../visits/report.ts';

/** One line for a person: people first, and how many of all visits were theirs; none before the first visit. */
export function visitText({ opens, clicks }: SendVisits): string[] {
  if (opens.all + clicks.all === 0) return [];
  const opened = `Opened by ${people(opens.people)} (${opens.human} of ${opens.all} opens)`;
  const clicked = `clicked by ${people(clicks.people)} (${clicks.human} of ${clicks.all} clicks)`;
  return [`${opened}, ${clicked}; all others were scanners, or nobody knows.`];
}

function people(number: number): string {
  return number === 1 ? '1 person' : `${number} people`;
}
