import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyHash, bodyHasher, relaxedField, relaxedLines } from '../../src/outbound/dkim-canonical.ts';
import { quotedPrintable, SOFT_BREAK } from '../../src/outbound/quoted-printable.ts';
import { writable } from './arbitrary-letter.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

// RFC 6376 section 3.4.5, example 1
test("the standard's own example comes out as it says", () => {
  expect(['A: X', 'B : Y\t\r\n\tZ  '].map(relaxedField)).toEqual(['a:X', 'b:Y Z']);
  expect(bodyHash(' C \r\nD \t E\r\n\r\n\r\n')).toEqual(sha256(' C\r\nD E\r\n'));
});

// RFC 6376 section 3.4.4 names the hash of nothing
test('a body without lines is nothing, and one without its last line break gets it', () => {
  const nothing = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
  for (const empty of ['', '\r\n', ' \t\r\n\r\n']) expect(bodyHash(empty).toString('base64')).toBe(nothing);
  expect(bodyHash('End')).toEqual(sha256('End\r\n'));
});

test('only white space of the standard is touched', () => {
  expect(relaxedLines('a\u00a0 \u00a0\r\n\fb\v \r\n')).toBe('a\u00a0 \u00a0\r\n\fb\v\r\n');
});

test('a hash that goes on from what is common is the hash of the whole', () => {
  const pieces = fc.array(writable.map(quotedPrintable), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pieces, (given) => {
      const [first = '', ...others] = given.map((piece, at) => (at === 0 ? '' : SOFT_BREAK) + piece);
      const parts = [first, ...others.filter((_, at) => at % 2 === 1)];
      const values = others.filter((_, at) => at % 2 === 0);
      if (values.length === parts.length) parts.push('');
      parts[parts.length - 1] += '\r\n--end--\r\n';
      const whole = parts.map((part, at) => part + (values[at] ?? '')).join('');
      expect(bodyHasher(parts)(values)).toEqual(bodyHash(whole));
    }),
    { numRuns: 500 },
  );
});
