import { expect, test } from 'vitest';
import { table } from '../../src/cli/table.ts';

test('a person gets aligned columns, a program tabs', () => {
  const rows = [
    ['i1', 'first', 12],
    ['i12', 'second', 3],
  ];
  expect(table(['Issue', 'Slug', 'Items'], rows, false)).toBe('i1\tfirst\t12\ni12\tsecond\t3');
  expect(table(['Issue', 'Slug', 'Items'], rows, true).split('\n').slice(1)).toEqual([
    'i1     first      12',
    'i12    second      3',
  ]);
});

test('letters that take two columns are counted so', () => {
  const [, wide, narrow] = table(
    ['Title', 'Items'],
    [
      ['新闻', 1],
      ['news', 2],
    ],
    true,
  ).split('\n');
  expect(wide).toBe('新闻       1');
  expect(narrow).toBe('news       2');
});
