import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPictureFormat } from '../../src/issues/picture-format.ts';
import { makeGifHead, makeJpegHead, makePng } from './make-picture.ts';

test.each([
  ['png', makePng(320, 200)],
  ['jpg', makeJpegHead(320, 200)],
  ['gif', makeGifHead(320, 200)],
])('a %s has its size from its bytes', (extension, bytes) => {
  expect(readPictureFormat(bytes)).toMatchObject({ ok: true, value: { extension, width: 320, height: 200 } });
});

test.each([
  ['an SVG', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', 'save it as PNG'],
  ['a WebP', 'RIFF\x10\0\0\0WEBPVP8 ', 'save it as PNG or JPEG'],
  ['a text', 'hello', 'is no PNG, JPEG or GIF'],
  ['nothing', '', 'is no PNG, JPEG or GIF'],
  ['a page that calls itself GIF', 'GIF89a', 'is no PNG, JPEG or GIF'],
])('%s is refused with what to do', (_, text, remedy) => {
  expect(readPictureFormat(Buffer.from(text, 'latin1'))).toMatchObject({
    ok: false,
    error: expect.stringContaining(remedy),
  });
});

test('a picture without an extent is refused', () => {
  expect(readPictureFormat(makeGifHead(0, 200)).ok).toBe(false);
});

test('a file cut anywhere is read or refused, never an error', () => {
  const whole = fc.constantFrom(makePng(8, 8), makeJpegHead(8, 8), makeGifHead(8, 8));
  fc.assert(
    fc.property(whole, fc.nat(60), fc.uint8Array({ maxLength: 20 }), (bytes, length, tail) => {
      expect(typeof readPictureFormat(Buffer.concat([bytes.subarray(0, length), tail])).ok).toBe('boolean');
    }),
  );
});
