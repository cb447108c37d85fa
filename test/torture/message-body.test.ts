import { expect, test } from 'vitest';
import { type Body, dottedBody, sizedBody } from './message-body.ts';

/** What stands behind the message, wherever its pieces are cut. */
function restsOf(stream: string, body: () => Body): Set<string> {
  const cuts = Array.from({ length: stream.length - 1 }, (_, n) => n + 1);
  return new Set(
    cuts.map((cut) => {
      const reading = body();
      const first = reading.endIn(stream.slice(0, cut));
      return stream.slice(first >= 0 ? first : cut + reading.endIn(stream.slice(cut)));
    }),
  );
}

test('a final dot is found wherever the pieces are cut', () => {
  expect(restsOf('one\r\n..two\r\n.\r\nMAIL', dottedBody)).toEqual(new Set(['MAIL']));
});

test('a chunk ends after its bytes wherever the pieces are cut', () => {
  expect(restsOf('one\r\n.\r\nMAIL', () => sizedBody(8))).toEqual(new Set(['MAIL']));
});
