import { MINUTE_MS, SECOND_MS } from '../clock.ts';

/**
 * How long a delivery that was deferred waits for its next try. Greylisting ends after some minutes, and
 * RFC 5321 section 4.5.4.1 asks for waits of 30 minutes and more when a server keeps refusing.
 */
const WAITS_MINUTES = [5, 10, 20, 30, 60] as const;
const LONGEST_MINUTES = 60;
const LOST_FIRST_MS = 10 * SECOND_MS;
/** A fifth more or less, so that a thousand deferred together do not come back together. */
const JITTER = 0.2;

export function deferralWaitMs(attempts: number, random: () => number = Math.random): number {
  const minutes = WAITS_MINUTES[attempts] ?? LONGEST_MINUTES;
  return Math.round(minutes * MINUTE_MS * (1 - JITTER + 2 * JITTER * random()));
}

/**
 * A connection that broke, or a server that said it was going away, says nothing of the message: the first
 * wait is short. One whose connection breaks every time waits as long as any other.
 */
export function lostWaitMs(attempts: number): number {
  return attempts === 0 ? LOST_FIRST_MS : deferralWaitMs(attempts - 1);
}
