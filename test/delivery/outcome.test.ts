import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../src/clock.ts';
import { outcomeOf } from '../../src/delivery/outcome.ts';
import { asId, type SubscriberId } from '../../src/ids.ts';
import { type Ending, isEnding } from '../../src/mail/attempt.ts';

const reader = asId<SubscriberId>(1);
const outcome = (attempt: Ending, attempts = 0) => outcomeOf(attempt, reader, attempts, 60 * SECOND_MS);
const refused = (code: number, stage: 'rcpt' | 'data' | 'dot', enhanced: string | null = null): Ending => {
  return { kind: 'refused', stage, permanent: code >= 500, code, enhanced, reply: `${code} no` };
};

test('a 4xx to a message waits minutes, a 5xx waits for nothing', () => {
  expect(outcome(refused(451, 'rcpt'))).toMatchObject({ state: 'deferred' });
  expect(outcome(refused(451, 'rcpt')).wait_ms).toBeGreaterThanOrEqual(4 * MINUTE_MS);
  expect(outcome(refused(550, 'rcpt'))).toMatchObject({ state: 'rejected', wait_ms: null });
});

test('a server that says it is going away says nothing of the message; one that slows us down does', () => {
  for (const stage of ['rcpt', 'data', 'dot'] as const) {
    expect(outcome(refused(421, stage))).toMatchObject({ state: 'deferred', wait_ms: 10 * SECOND_MS });
    expect(outcome(refused(421, stage, '4.3.2'))).toMatchObject({ wait_ms: 10 * SECOND_MS });
    expect(outcome(refused(421, stage, '4.7.28')).wait_ms).toBeGreaterThanOrEqual(4 * MINUTE_MS);
  }
});

test('a message whose connection breaks is tried again soon, and one that breaks it every time later and later', () => {
  const lost: Ending = { kind: 'lost', after_final_dot: false, reason: 'closed' };
  expect(outcome(lost)).toMatchObject({ state: 'deferred', wait_ms: 10 * SECOND_MS });
  expect(outcome(lost, 1).wait_ms).toBeGreaterThanOrEqual(4 * MINUTE_MS);
  expect(outcome(lost, 4).wait_ms).toBeGreaterThanOrEqual(24 * MINUTE_MS);
});

test('what was lost after its final dot is unknown and waits to be sent once more', () => {
  const lost: Ending = { kind: 'lost', after_final_dot: true, reason: 'closed' };
  expect(outcome(lost)).toMatchObject({ state: 'unknown', wait_ms: 60 * SECOND_MS });
});

test("a server's own fault is nobody's outcome", () => {
  expect(isEnding({ kind: 'server fault', reason: 'refused' })).toBe(false);
  expect(isEnding({ kind: 'withheld' })).toBe(false);
  expect(isEnding({ kind: 'lost', after_final_dot: false, reason: 'closed' })).toBe(true);
});
