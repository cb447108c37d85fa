import { channel } from 'node:diagnostics_channel';

/**
 * The steps of a batch's way, by name, so that they can be watched from outside of the code (`diagnostics_channel`
 * `pressrun.delivery`): whoever wants to know what a crash at each of them does, kills the process there.
 */
export const STEPS = [
  'frozen',
  'claimed',
  'read again',
  'stamped',
  'marked',
  'answered',
  'recorded',
  'let go',
  'finished',
] as const;
export type Step = (typeof STEPS)[number];

const steps = channel('pressrun.delivery');

/** Says that a step has been done; costs nothing where nobody listens. */
export function passed(step: Step): void {
  if (steps.hasSubscribers) steps.publish(step);
}
