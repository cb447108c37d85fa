import { SECOND_MS } from '../clock.ts';

/** A provider's limit as it was set; with time it grows by itself. */
export interface Limit {
  /** Messages a second, right after it was halved. */
  readonly per_second: number;
  /** Messages a second that were going when the provider first asked for less. */
  readonly measured: number;
  /** Milliseconds on the database's clock. */
  readonly halved_at: number;
}

/** Messages that were on their way when a limit was halved are still refused for a moment: one wave, one halving. */
export const WAVE_MS = 10 * SECOND_MS;
/** So long without a refusal, and the limit takes a step up: from a half to all in two minutes. */
export const STEP_MS = 30 * SECOND_MS;
const STEP = 1.25;
/**
 * No limit is lower, in messages a second: only by sending is it learned that a provider is well again, and what is
 * slower than this is measured too coarsely to be halved.
 */
export const LEAST_PER_SECOND = 1;

/** Messages a second at a moment; null: the limit has grown past what was measured before, and is over. */
export function limitAt(limit: Limit, now: number): number | null {
  const steps = Math.max(0, Math.floor((now - limit.halved_at) / STEP_MS));
  const grown = limit.per_second * STEP ** steps;
  return grown >= limit.measured ? null : grown;
}

/**
 * The limit after a reply that asks for less.
 *
 * @param limit as it was set last; null: there is none.
 * @param measured messages a second that got an answer just now, over all workers.
 * @returns the same limit where the reply belongs to a wave that has been heeded; null where nothing is to be limited.
 */
export function slower(limit: Limit | null, measured: number, now: number): Limit | null {
  if (limit && now - limit.halved_at < WAVE_MS) return limit;
  const current = limit && limitAt(limit, now);
  const before = limit && current !== null ? limit.measured : measured;
  const per_second = Math.max(LEAST_PER_SECOND, (current ?? measured) / 2);
  return per_second < before ? { per_second, measured: before, halved_at: now } : null;
}
