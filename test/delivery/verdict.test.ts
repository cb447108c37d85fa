import { expect, test } from 'vitest';
import { type Answers, excessOf, excessWords } from '../../src/delivery/verdict.ts';

const limits = { rejected_limit: 10, bounced_limit: 5, complained_limit: 0.3 };
const answers = (given: Partial<Answers>): Answers => ({
  accepted: 0,
  rejected: 0,
  bounced: 0,
  complained: 0,
  ...given,
});

test.each([
  ['nothing has an outcome', {}, null],
  ['all is well', { accepted: 1000 }, null],
  ['a tenth is rejected: the limit itself is kept', { accepted: 90, rejected: 10 }, null],
  ['more than a tenth is rejected', { accepted: 89, rejected: 11 }, 'rejected'],
  ['more than a twentieth of the addresses is gone', { accepted: 94, rejected: 6, bounced: 6 }, 'bounced'],
  ['three in a thousand report spam', { accepted: 1000, complained: 3 }, null],
  ['four in a thousand report spam', { accepted: 1000, complained: 4 }, 'complained'],
  ['a single one of a few reports spam', { accepted: 20, complained: 1 }, null],
] as const)('%s', (_name, given, kind) => {
  expect(excessOf(answers(given), limits)?.kind ?? null).toBe(kind);
});

test('the reason names count, share, limit and what servers say', () => {
  const excess = excessOf(answers({ accepted: 57, rejected: 43 }), limits);
  expect(excess && excessWords(excess, '550 5.7.1 Blocked')).toBe(
    '43 of 100 letters were rejected (43%, the limit is 10%), most often with: 550 5.7.1 Blocked',
  );
  const spam = excessOf(answers({ accepted: 2000, complained: 7 }), limits);
  expect(spam && excessWords(spam, null)).toBe(
    '7 of 2,000 letters were reported as spam (0.35%, the limit is 0.3%)',
  );
});
