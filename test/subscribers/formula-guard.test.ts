import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardFormula, unguardFormula } from '../../src/subscribers/formula-guard.ts';

test('no exported cell begins like a formula', () => {
  expect(guardFormula('=HYPERLINK("https://example.test")')).toBe('\'=HYPERLINK("https://example.test")');
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(guardFormula(text)).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});

test('what was guarded is read as it was, apostrophes of its own included', () => {
  const cells = fc
    .tuple(fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t'), maxLength: 4 }), fc.string())
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(cells, (text) => {
      expect(unguardFormula(guardFormula(text))).toBe(text);
    }),
  );
});
