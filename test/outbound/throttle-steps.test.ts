import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Limit, limitAt, slower } from '../../src/outbound/throttle-steps.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const rate = fc.double({ min: 0, max: 10_000, noNaN: true });
/** Refusals, each so long after the one before and at such a pace. */
const refusals = fc.array(fc.record({ after: fc.nat(5 * MINUTE), measured: rate }), { maxLength: 30 });

/** Every limit that a row of refusals leads through, with the moment of each. */
function heed(all: readonly { after: number; measured: number }[]) {
  let now = 0;
  let limit: Limit | null = null;
  return all.map(({ after, measured }) => {
    now += after;
    const before = limit;
    limit = slower(before, measured, now);
    return { before, limit, measured, now };
  });
}

test('the first refusal halves what was going, and many of one wave are one', () => {
  const first = slower(null, 100, 0);
  expect(first).toEqual({ per_second: 50, measured: 100, halved_at: 0 });
  expect(slower(first, 80, 9 * SECOND)).toBe(first);
  expect(slower(first, 80, 11 * SECOND)).toEqual({ per_second: 25, measured: 100, halved_at: 11 * SECOND });
});

test('what hardly sends is not limited, and no limit is below one a second', () => {
  expect(slower(null, 1, 0)).toBeNull();
  const low = slower(null, 1.5, 0);
  expect(low?.per_second).toBe(1);
  expect(slower(low, 1, 11 * SECOND)?.per_second).toBe(1);
});

test('a limit grows by steps, and is over in about two minutes where nothing is refused', () => {
  const limit = slower(null, 100, 0);
  if (!limit) throw new Error('no limit');
  expect([0, 29, 30, 60, 90].map((seconds) => limitAt(limit, seconds * SECOND))).toEqual([
    50, 50, 62.5, 78.125, 97.65625,
  ]);
  expect(limitAt(limit, 2 * MINUTE)).toBeNull();
});

test('a provider that takes a part only is found again each time: the limit keeps between a half and a step above', () => {
  const takes = 20;
  let limit = slower(null, 400, 0);
  const seen: number[] = [];
  for (let now = SECOND; now < 60 * MINUTE; now += SECOND) {
    const current = limit && limitAt(limit, now);
    if (current === null) throw new Error('the limit is over');
    if (current > takes) limit = slower(limit, takes, now);
    if (now > 5 * MINUTE) seen.push(current);
  }
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(takes / 2);
  expect(Math.max(...seen)).toBeLessThanOrEqual(takes * 1.25);
});

test('whatever comes: a limit is at least one a second, below what was measured, and at most half of what was', () => {
  fc.assert(
    fc.property(refusals, (all) => {
      for (const { before, limit, measured, now } of heed(all)) {
        if (!limit) {
          expect(measured).toBeLessThanOrEqual(1);
          continue;
        }
        expect(limit.per_second).toBeGreaterThanOrEqual(1);
        expect(limit.per_second).toBeLessThan(limit.measured);
        if (limit === before) continue;
        const was = (before && limitAt(before, now)) ?? measured;
        expect(limit.per_second).toBe(Math.max(1, was / 2));
        expect(limit.measured).toBe(before && limitAt(before, now) !== null ? before.measured : measured);
      }
    }),
  );
});

test('whatever came: left alone, a limit never falls, and is over within the hour', () => {
  fc.assert(
    fc.property(refusals, fc.array(fc.nat(MINUTE)), (all, waits) => {
      const last = heed(all).at(-1);
      if (!last?.limit) return;
      let { now } = last;
      let was = 0;
      for (const wait of waits) {
        now += wait;
        const current = limitAt(last.limit, now);
        if (current === null) break;
        expect(current).toBeGreaterThanOrEqual(was);
        was = current;
      }
      expect(limitAt(last.limit, last.now + 60 * MINUTE)).toBeNull();
    }),
  );
});
