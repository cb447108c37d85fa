import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DotFinder } from '../../src/bench/dot-finder.ts';

/** Where the message ends when its bytes come in such pieces, counted from its beginning; null: not at all. */
function endOf(pieces: readonly string[]): number | null {
  const finder = new DotFinder();
  finder.begin();
  let before = 0;
  for (const piece of pieces) {
    const end = finder.find(Buffer.from(piece), 0);
    if (end >= 0) return before + end;
    before += piece.length;
  }
  return null;
}

test('a message ends behind its final dot, wherever its bytes are cut', () => {
  const message = 'Subject: x\r\n\r\n..\r\n.a\r\n. \r\n.\r\nQUIT\r\n';
  const cuts = fc.array(fc.nat(message.length)).map((places) => [0, ...places.sort((a, b) => a - b)]);
  fc.assert(
    fc.property(cuts, (places) => {
      const pieces = places.map((from, at) => message.slice(from, places[at + 1]));
      expect(endOf(pieces)).toBe(message.indexOf('QUIT'));
    }),
  );
});

test('an empty message is its final dot alone; a dot that other bytes follow ends nothing', () => {
  expect(endOf(['.', '\r\n'])).toBe(3);
  expect(endOf(['.\r', 'x\r\n', '.', '.\r\n'])).toBeNull();
});

test('bytes before the message are none of it', () => {
  const finder = new DotFinder();
  finder.begin();
  expect(finder.find(Buffer.from('DATA\r\n.\r\n'), 6)).toBe(9);
});
