import { expect, test } from 'vitest';
import type { Receipt } from '../../src/delivery/receipt.ts';
import { Pace } from '../../src/web/desk/pace.ts';
import { progressOf } from '../../src/web/desk/send-progress.ts';

const receipt = (more: Partial<Receipt>): Receipt => ({
  send: 's1',
  issue: 'i1',
  retry_of: null,
  state: 'sending',
  audience: 0,
  queued: 0,
  accepted: 0,
  rejected: 0,
  deferred: 0,
  suppressed: 0,
  left: 0,
  unknown: 0,
  started_at: null,
  finished_at: null,
  held_reason: null,
  waiting_reason: null,
  paused_reason: null,
  canary: null,
  local_at: null,
  later: null,
  ...more,
});

test('a rate is of the last quarter of a minute, and unknown before two seconds of looking', () => {
  const pace = new Pace();
  expect(pace.note({ at: 0, done: 0 })).toBeNull();
  expect(pace.note({ at: 1000, done: 500 })).toBeNull();
  expect(pace.note({ at: 4000, done: 400 })).toBe(100);
  expect(pace.note({ at: 15_000, done: 15_000 })).toBe(1000);
  // the first looks have left the window: only what happened since the third counts
  expect(pace.note({ at: 19_000, done: 15_400 })).toBe(1000);
  expect(pace.isOver(30_000)).toBe(false);
  expect(pace.isOver(40_000)).toBe(true);
});

test.each([
  [{ audience: 1000, queued: 1000 }, null, '0 of 1,000 done'],
  [{ audience: 1000, queued: 1000 }, 0, '0 of 1,000 done'],
  [
    { audience: 9000, queued: 5000, accepted: 4000 },
    1234,
    '4,000 of 9,000 done, about 1,200 a second, a few seconds left',
  ],
  [{ audience: 60, queued: 60 }, 1.2, '0 of 60 done, about 1 a second, about 50 seconds left'],
  [{ audience: 60, queued: 60 }, 0.5, '0 of 60 done, about 30 a minute, about 2 minutes left'],
  [{ audience: 1e6, queued: 1e6 }, 100, '0 of 1,000,000 done, about 100 a second, about 3 hours left'],
  [{ audience: 10, deferred: 10 }, 5, '0 of 10 done, about 5 a second'],
  [{ audience: 10, queued: 10, state: 'paused' }, 5, '0 of 10 done'],
  [{ audience: 10, queued: 10, waiting_reason: 'no server' }, 5, '0 of 10 done'],
] as const)('%j at %s a second reads "%s"', (counts, rate, words) => {
  expect(progressOf(receipt(counts), rate).shown.words).toBe(words);
});

test('a provider that holds readers back is named with what it takes, one that does not is not', () => {
  const limit = (provider: string, per_second: number, holds_back = true) => ({
    provider,
    per_second,
    holds_back,
  });
  const words = (...limits: ReturnType<typeof limit>[]) =>
    progressOf(receipt({ audience: 10, queued: 10 }), null, limits).shown.words;
  expect(words(limit('gmail', 12.4), limit('yahoo', 9, false))).toBe(
    '0 of 10 done, Gmail takes 12 a second just now',
  );
  expect(words(limit('yahoo', 9, false))).toBe('0 of 10 done');
  const domains = ['a.example', 'b.example', 'c.example', 'd.example', 'e.example'];
  expect(words(...domains.map((domain) => limit(domain, 1)))).toContain(
    'c.example takes 1 a second just now, 2 more take less than could be sent',
  );
});

test('a change of more than numbers asks for the page again', () => {
  const key = (more: Partial<Receipt>) => progressOf(receipt(more), null).key;
  expect(key({ audience: 5, queued: 3 })).toBe(key({ audience: 5, queued: 2 }));
  const keys = [{}, { audience: 5 }, { waiting_reason: 'away' }, { state: 'finished' as const }].map(key);
  expect(new Set(keys).size).toBe(keys.length);
});
