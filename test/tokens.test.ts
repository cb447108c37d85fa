import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokens, type Purpose, secretFingerprint } from '../src/tokens.ts';

const OLD = 'the old secret of this press, 32 characters';
const NEW = 'the new secret of this press, 32 characters';
const tokens = createTokens([NEW, OLD]);
const PURPOSES: Purpose[] = ['confirm', 'unsubscribe', 'preferences', 'undo'];
const anyId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const anyPurpose = fc.constantFrom(...PURPOSES);

test('a token gives back its id for its own purpose, and for no other', () => {
  fc.assert(
    fc.property(anyId, anyPurpose, anyPurpose, (id, purpose, other) => {
      const token = tokens.make(purpose, id);
      expect(token).toMatch(/^[a-z2-7]{28,40}$/);
      expect(tokens.read(other, token)).toBe(other === purpose ? id : null);
    }),
  );
});

test('a token that is changed, cut or lengthened anywhere is refused', () => {
  fc.assert(
    fc.property(anyId, fc.nat(), fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'), (id, at, letter) => {
      const token = tokens.make('unsubscribe', id);
      const place = at % token.length;
      const changed = token.slice(0, place) + letter + token.slice(place + 1);
      if (changed !== token) expect(tokens.read('unsubscribe', changed)).toBeNull();
      expect(tokens.read('unsubscribe', token.slice(0, place))).toBeNull();
      expect(tokens.read('unsubscribe', token + letter)).toBeNull();
    }),
  );
});

test('any text at all is refused without a fault', () => {
  fc.assert(fc.property(fc.string(), anyPurpose, (text, purpose) => tokens.read(purpose, text) === null));
});

test('a token whose letters were raised by some mail program still works', () => {
  expect(tokens.read('unsubscribe', tokens.make('unsubscribe', 42).toUpperCase())).toBe(42);
});

test('links signed before a rotation work while the old secret is kept, and not after', () => {
  const before = createTokens([OLD]).make('unsubscribe', 7);
  expect(tokens.read('unsubscribe', before)).toBe(7);
  expect(createTokens([NEW]).read('unsubscribe', before)).toBeNull();
  expect(createTokens([OLD]).read('unsubscribe', tokens.make('unsubscribe', 7))).toBeNull();
});

test('the links of letters that went out long ago keep working: how a token is written does not change', () => {
  expect(tokens.read('unsubscribe', 'aljate2nknhjygs5ddfmrjouwkmbrwa')).toBe(1234);
});

test('a MAC is bound to its label and its value', () => {
  const mac = tokens.mac('form', '123');
  expect(tokens.verify('form', '123', mac)).toBe(true);
  expect(tokens.verify('form', '124', mac)).toBe(false);
  expect(tokens.verify('other', '123', mac)).toBe(false);
  expect(tokens.verify('form', '123', 'zz')).toBe(false);
});

test('a fingerprint does not give the secret away', () => {
  expect(secretFingerprint(OLD)).toMatch(/^[0-9a-f]{16}$/);
  expect(secretFingerprint(OLD)).not.toBe(secretFingerprint(NEW));
});
