import { expect, test } from 'vitest';
import { GroupCommit } from '../../src/delivery/group-commit.ts';

test('what comes while a flush runs is taken together by the next one', async () => {
  const flushes: number[][] = [];
  const group = new GroupCommit<number, number>(async (items) => {
    flushes.push([...items]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    return items.map((item) => item * 2);
  });
  const answers = await Promise.all([1, 2, 3, 4].map((item) => group.add(item)));
  expect(answers).toEqual([2, 4, 6, 8]);
  expect(flushes).toEqual([[1], [2, 3, 4]]);
});

test('a flush that fails fails its own items, and the next one is tried', async () => {
  let fail = true;
  const group = new GroupCommit<string, string>(async (items) => {
    if (fail) throw new Error('database away');
    return items;
  });
  await expect(group.add('a')).rejects.toThrow('database away');
  fail = false;
  expect(await group.add('b')).toBe('b');
});

test('a flush waits a little for more, but not when enough have come, nor when it is alone', async () => {
  const flushes: number[][] = [];
  const flush = async (items: readonly number[]) => {
    flushes.push([...items]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return items;
  };
  const group = new GroupCommit<number, number>(flush, { enough: 3, ms: 60_000 });
  const alone = group.add(1);
  const waiting = [group.add(2), group.add(3)];
  await alone;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(flushes).toEqual([[1]]);
  await Promise.all([...waiting, group.add(4)]);
  expect(flushes).toEqual([[1], [2, 3, 4]]);
});

test('what waits for more is flushed when the time is over', async () => {
  const group = new GroupCommit<number, number>(async (items) => items, { enough: 100, ms: 5 });
  expect(await Promise.all([group.add(1), group.add(2)])).toEqual([1, 2]);
});
