import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';

/** Standard Webhooks ("Deliverability and reliability"): the schedule it gives as its example, 75.6 hours in all. */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
];
/** So that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * Until the next try.
 *
 * @param tries so far, from 1.
 * @param random from 0 to 1.
 * @returns null: there is none.
 */
export function waitAfter(tries: number, random: number): number | null {
  const wait = WAITS_MS[tries - 1];
  return wait === undefined ? null : Math.round(wait * (1 + JITTER * random));
}
