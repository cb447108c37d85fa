import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asId, type LinkId, type SendId, type SubscriberId } from '../../src/ids.ts';
import type { VisitTarget } from '../../src/tokens/visit-token.ts';
import { createTokens } from '../../src/tokens.ts';

const OLD = 'the old secret of this press, 32 characters';
const NEW = 'the new secret of this press, 32 characters';
const { visits, make } = createTokens([NEW, OLD]);

const anyId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const whose = {
  send: anyId.map(asId<SendId>),
  subscriber: fc.option(anyId.map(asId<SubscriberId>), { nil: null }),
};
const anyTarget: fc.Arbitrary<VisitTarget> = fc.oneof(
  fc.record({ kind: fc.constant('click' as const), link: anyId.map(asId<LinkId>), ...whose }),
  fc.record({ kind: fc.constant('open' as const), ...whose }),
  fc.record({ kind: fc.constant('canary link' as const), ...whose }),
);

test('a token gives back what it was made for, and is the same each time', () => {
  fc.assert(
    fc.property(anyTarget, (target) => {
      const token = visits.make(target);
      expect(visits.read(token)).toEqual(target);
      expect(visits.make(target)).toBe(token);
      expect(token).toMatch(/^[a-z2-7]+$/);
    }),
  );
});

test('a token that is changed, cut or lengthened anywhere is refused', () => {
  fc.assert(
    fc.property(
      anyTarget,
      fc.nat(),
      fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'),
      (target, at, letter) => {
        const token = visits.make(target);
        const place = at % token.length;
        const changed = token.slice(0, place) + letter + token.slice(place + 1);
        if (changed !== token) expect(visits.read(changed)).toBeNull();
        expect(visits.read(token.slice(0, place))).toBeNull();
        expect(visits.read(token + letter)).toBeNull();
      },
    ),
  );
});

test('a token of another press, or of another purpose, is refused', () => {
  const stranger = createTokens(['the secret of another press, 32 characters']);
  fc.assert(
    fc.property(anyTarget, (target) => {
      expect(stranger.visits.read(visits.make(target))).toBeNull();
      expect(createTokens([NEW, OLD]).read('unsubscribe', visits.make(target))).toBeNull();
    }),
  );
  expect(visits.read(make('unsubscribe', 7))).toBeNull();
  expect(visits.read(make('preferences', 7))).toBeNull();
});

test('a letter stamped with a secret that was replaced leads on', () => {
  fc.assert(
    fc.property(anyTarget, (target) => {
      expect(visits.read(createTokens([OLD]).visits.make(target))).toEqual(target);
    }),
  );
});
