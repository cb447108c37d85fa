import { expect, test } from 'vitest';
import { judge } from './judge.ts';

const row = (
  email: string,
  state: Parameters<typeof judge>[0][number]['state'],
  reply: string | null = '250',
) => ({
  email,
  state,
  reply,
});

test('a reader whom the ledger calls accepted and the sink never saw is lost', () => {
  expect(judge([row('a@x.test', 'accepted')], []).lost).toEqual(['a@x.test']);
});

test('a reader without a row, or with one that is not final, is lost', () => {
  const ledger = [row('a@x.test', null), row('b@x.test', 'queued'), row('c@x.test', 'handed over')];
  expect(judge(ledger, [['b@x.test', '<1>']]).lost).toHaveLength(3);
});

test('a refusal is an outcome only with its reason', () => {
  expect(
    judge([row('a@x.test', 'rejected', '552 5.2.2 Full'), row('b@x.test', 'rejected', null)], []).lost,
  ).toEqual(['b@x.test']);
});

test('each copy beyond the first counts, and bears the same Message-ID', () => {
  const ledger = [row('a@x.test', 'accepted'), row('b@x.test', 'accepted')];
  const same = judge(ledger, [
    ['a@x.test', '<1>'],
    ['a@x.test', '<1>'],
    ['a@x.test', '<1>'],
    ['b@x.test', '<2>'],
  ]);
  expect(same).toEqual({ lost: [], twice: 2, unknown: 0, strange: [] });
  const other = judge(ledger, [
    ['a@x.test', '<1>'],
    ['a@x.test', '<3>'],
    ['b@x.test', '<1>'],
    ['c@x.test', '<4>'],
  ]);
  expect(other.strange).toHaveLength(3);
});
