import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bursts, type Trace } from '../../src/visits/burst.ts';

const trace = (second: number, link: number | null, links = 20, by = 'somebody'): Trace => ({
  by,
  second,
  link,
  links,
});
const someLinks = (count: number, step: number, links = 20) =>
  Array.from({ length: count }, (_, at) => trace(100 + at * step, at, links));
const around = (traces: readonly Trace[], second: number, by = 'somebody') =>
  new Bursts(traces).around([by], second);

test('five links within ten seconds are many, four are not', () => {
  expect(around(someLinks(5, 2), 104).manyLinks).toBe(true);
  expect(around(someLinks(4, 2), 104).manyLinks).toBe(false);
  expect(around(someLinks(5, 3), 104).manyLinks).toBe(false);
});

test('one link again and again is one link', () => {
  expect(
    around(
      Array.from({ length: 50 }, () => trace(100, 1)),
      100,
    ).manyLinks,
  ).toBe(false);
});

test('all links of a short letter are many, but not of one with two', () => {
  expect(around(someLinks(3, 1, 3), 101).manyLinks).toBe(true);
  expect(around(someLinks(2, 1, 2), 101).manyLinks).toBe(false);
});

test('what comes before or after a burst is not of it, nor what somebody else does', () => {
  const traces = someLinks(8, 1);
  expect([99, 100, 107, 108].map((second) => around(traces, second).manyLinks)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(around(traces, 103, 'somebody else').manyLinks).toBe(false);
});

test('the hidden link tells for half a minute on either side', () => {
  const traces = [trace(200, null)];
  const seconds = [169, 170, 230, 231];
  expect(seconds.map((second) => around(traces, second).canaryLink)).toEqual([false, true, true, false]);
  expect(around(traces, 200).manyLinks).toBe(false);
});

/** As the rule reads, and slowly. */
function isMany(traces: readonly Trace[], second: number): boolean {
  return traces.some(({ second: from }) => {
    const inside = traces.filter((each) => each.second >= from && each.second <= from + 10);
    const seconds = inside.map((each) => each.second);
    const links = new Set(inside.map(({ link }) => link).filter((link) => link !== null));
    return links.size >= 5 && from <= second && second <= Math.max(...seconds);
  });
}

test('one pass finds what looking at each window finds', () => {
  const traces = fc.array(
    fc.record({ second: fc.integer({ min: 0, max: 60 }), link: fc.integer({ min: 0, max: 8 }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(traces, fc.integer({ min: 0, max: 60 }), (given, second) => {
      const all = given.map((each) => trace(each.second, each.link));
      const found = around(all, second).manyLinks;
      // a window may end at any trace: the slow rule names those that begin at one, which are the widest
      expect(found).toBe(isMany(all, second));
    }),
  );
});
