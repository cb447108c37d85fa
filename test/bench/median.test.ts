import { expect, test } from 'vitest';
import { median } from '../../src/bench/bench-request.ts';

test('the median is the middle one, or the mean of the two in the middle', () => {
  expect(median([9])).toBe(9);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 3])).toBe(4);
});
