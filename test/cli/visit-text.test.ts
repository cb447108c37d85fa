import { expect, test } from 'vitest';
import { visitText } from '../../src/cli/visit-text.ts';

const none = { people: 0, human: 0, scanner: 0, unknown: 0, all: 0 };

test('a person is told of people first, and of how many visits were theirs', () => {
  const opens = { people: 1, human: 2, scanner: 3, unknown: 4, all: 9 };
  const clicks = { people: 2, human: 2, scanner: 18, unknown: 0, all: 20 };
  expect(visitText({ opens, clicks })).toEqual([
    'Opened by 1 person (2 of 9 opens), clicked by 2 people (2 of 20 clicks); all others were scanners, or nobody knows.',
  ]);
});

test('before the first visit there is no line', () => {
  expect(visitText({ opens: none, clicks: none })).toEqual([]);
});
