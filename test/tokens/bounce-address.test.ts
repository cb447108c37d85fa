import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asId, type NoticeId, type SendId, type SubscriberId } from '../../src/ids.ts';
import { createBounceAddresses, type MailedRow } from '../../src/tokens/bounce-address.ts';
import { createTokens } from '../../src/tokens.ts';

const OLD = 'the old secret of this press, 32 characters';
const NEW = 'the new secret of this press, 32 characters';
const DOMAIN = 'bounces.example.com';
const bounces = createBounceAddresses(DOMAIN, [NEW, OLD]);

const anyId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const anyRow: fc.Arbitrary<MailedRow> = fc.oneof(
  fc.record({
    kind: fc.constant('delivery' as const),
    send: anyId.map(asId<SendId>),
    subscriber: anyId.map(asId<SubscriberId>),
  }),
  fc.record({ kind: fc.constant('notice' as const), notice: anyId.map(asId<NoticeId>) }),
);

test('a bounce address gives back the row it was made for, and is the same each time', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const address = bounces.make(row);
      expect(bounces.read(address)).toEqual(row);
      expect(bounces.make(row)).toBe(address);
    }),
  );
});

test('a bounce address is within what SMTP allows before the @, and plain enough for any mail server', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const [local = '', domain] = bounces.make(row).split('@');
      expect(local).toMatch(/^b\+[a-z2-7]+$/);
      expect(local.length).toBeLessThanOrEqual(64);
      expect(domain).toBe(DOMAIN);
    }),
  );
});

test('a bounce address whose case was changed on the way is still read', () => {
  fc.assert(
    fc.property(anyRow, fc.infiniteStream(fc.boolean()), (row, raised) => {
      const folded = [...bounces.make(row)].map((letter) =>
        raised.next().value ? letter.toUpperCase() : letter,
      );
      expect(bounces.read(folded.join(''))).toEqual(row);
    }),
  );
});

test('a bounce address that is changed, cut or lengthened anywhere is refused', () => {
  fc.assert(
    fc.property(
      anyRow,
      fc.nat(),
      fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'),
      (row, at, letter) => {
        const address = bounces.make(row);
        const place = at % address.length;
        const changed = address.slice(0, place) + letter + address.slice(place + 1);
        if (changed !== address) expect(bounces.read(changed)).toBeNull();
        expect(bounces.read(address.slice(0, place) + address.slice(place + 1))).toBeNull();
        expect(bounces.read(address.slice(0, place) + letter + address.slice(place))).toBeNull();
      },
    ),
  );
});

test('any text at all is refused without a fault', () => {
  fc.assert(fc.property(fc.string(), (text) => bounces.read(text) === null));
  fc.assert(fc.property(fc.string(), (text) => bounces.read(`b+${text}@${DOMAIN}`) === null));
});

test('bounces of mail that was sent before a rotation are known while the old secret is kept, and not after', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const before = createBounceAddresses(DOMAIN, [OLD]).make(row);
      expect(bounces.read(before)).toEqual(row);
      expect(createBounceAddresses(DOMAIN, [NEW]).read(before)).toBeNull();
      expect(createBounceAddresses(DOMAIN, [OLD]).read(bounces.make(row))).toBeNull();
    }),
  );
});

test('a link in a letter makes no bounce address, and a bounce address no link', () => {
  const tokens = createTokens([NEW]);
  expect(bounces.read(`b+${tokens.make('confirm', 12)}@${DOMAIN}`)).toBeNull();
  const notice = bounces.make({ kind: 'notice', notice: asId<NoticeId>(12) });
  expect(tokens.read('unsubscribe', notice.slice('b+'.length, -`@${DOMAIN}`.length))).toBeNull();
});

test('a bounce address of another domain is not ours', () => {
  const elsewhere = createBounceAddresses('bounces.example.org', [NEW]);
  expect(bounces.read(elsewhere.make({ kind: 'notice', notice: asId<NoticeId>(12) }))).toBeNull();
});

const heard = createBounceAddresses(DOMAIN, [NEW, OLD], { heard: true });

test('the address to leave by names the same row, and neither address of a letter makes the other', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const leave = heard.makeLeave(row) ?? '';
      expect(leave).toMatch(/^u\+[a-z2-7]{1,62}@bounces\.example\.com$/);
      expect(heard.readLeave(leave.toUpperCase())).toEqual(row);
      expect(heard.read(leave)).toBeNull();
      expect(heard.read(leave.replace('u+', 'b+'))).toBeNull();
      expect(heard.readLeave(heard.make(row).replace('b+', 'u+'))).toBeNull();
    }),
  );
});

test('where no mail to the domain is heard nobody is told to leave by mail, and old letters are still known', () => {
  const row = { kind: 'notice', notice: asId<NoticeId>(12) } as const;
  expect(bounces.makeLeave(row)).toBeNull();
  expect(bounces.readLeave(heard.makeLeave(row) ?? '')).toEqual(row);
});
