import fc from 'fast-check';
import { expect, test } from 'vitest';
import { domainOf, normalizeAddress } from '../../src/publications/address.ts';

function normalized(text: string) {
  const read = normalizeAddress(text);
  return read.ok ? read.value : read.error;
}

test('an address keeps its spelling before the @ and is known by its lower case', () => {
  expect(normalized(' Ada.Lovelace+News@Example.COM ')).toEqual({
    email: 'Ada.Lovelace+News@example.com',
    address_key: 'ada.lovelace+news@example.com',
  });
});

test('a domain in another script goes over the wire in ASCII', () => {
  expect(normalized('leser@bücher.example.com')).toMatchObject({
    email: 'leser@xn--bcher-kva.example.com',
  });
});

test.each([
  ['', 'is empty'],
  ['ada.example.com', 'has no @'],
  ['a@b\r\nBcc: eve@example.com', 'has a line break or control character in it'],
  ['a\u0000@example.com', 'has a line break or control character in it'],
  ['a b@example.com', 'has something before the @ that mail servers do not take'],
  ['.a@example.com', 'has something before the @ that mail servers do not take'],
  ['ä@example.com', 'has something before the @ that mail servers do not take'],
  ['Ada <ada@example.com>', 'has something before the @ that mail servers do not take'],
  ['a@localhost', 'has no domain after the @ that could exist'],
  ['a@1.2.3.4', 'has no domain after the @ that could exist'],
  ['a@1.2.3', 'has no domain after the @ that could exist'],
  ['a@-x.example.com', 'has no domain after the @ that could exist'],
  ['a@exa%6dple.com', 'has no domain after the @ that could exist'],
  ['a@example.com/x', 'has no domain after the @ that could exist'],
  ['a@example..com', 'has no domain after the @ that could exist'],
  [`${'a'.repeat(65)}@example.com`, 'has more than 64 letters before the @'],
  [
    `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example.com`,
    'is longer than 254 letters',
  ],
])('%j is refused: it %s', (text, reason) => {
  expect(normalized(text)).toBe(reason);
});

test('what was normalised once is the same when normalised again, and never holds a space or control', () => {
  fc.assert(
    fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })), (text) => {
      const once = normalizeAddress(text);
      if (!once.ok) return;
      expect(normalizeAddress(once.value.email)).toEqual(once);
      expect(once.value.email).toMatch(/^[\x21-\x7e]+$/);
      expect(once.value.address_key.endsWith(`@${domainOf(once.value)}`)).toBe(true);
    }),
  );
});

test('an address in any case is the same reader', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (text) => {
      const [lower, upper] = [normalizeAddress(text.toLowerCase()), normalizeAddress(text.toUpperCase())];
      expect(lower.ok && lower.value.address_key).toEqual(upper.ok && upper.value.address_key);
    }),
  );
});
