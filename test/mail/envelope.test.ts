import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutgoingMessage } from '../../src/mail/attempt.ts';
import { dotStuffed, endsLine } from '../../src/mail/dot-stuffing.ts';
import { envelopeOf } from '../../src/mail/envelope.ts';
import { readOffers } from '../../src/mail/offers.ts';
import { ReplyFault, ReplyReader } from '../../src/mail/reply-reader.ts';

const offers = (...lines: string[]) =>
  readOffers(['here', ...lines].map((line) => `250-${line}`).join('\r\n'));
const all = offers('SIZE 1000', '8BITMIME', 'SMTPUTF8', 'DSN', 'PIPELINING');

function message(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    from: 'press@example.com',
    to: 'ada@example.com',
    raw: Buffer.from('Subject: x\r\n\r\nHello.\r\n'),
    ...changes,
  };
}

test('what an envelope says is what the server offers, and what the message needs', () => {
  const plain = { mail: 'MAIL FROM:<press@example.com>\r\n', rcpt: 'RCPT TO:<ada@example.com>\r\n' };
  expect(envelopeOf(message({ envid: 'x' }), offers())).toMatchObject(plain);
  expect(envelopeOf(message(), all)).toMatchObject({ mail: 'MAIL FROM:<press@example.com> SIZE=22\r\n' });
  const eight = message({ raw: Buffer.from('Subject: x\r\n\r\nGrüße\r\n') });
  expect(envelopeOf(eight, all)).toMatchObject({ mail: expect.stringContaining(' BODY=8BITMIME\r\n') });
  expect(envelopeOf(eight, offers())).toMatchObject(plain);
  const header = message({ raw: Buffer.from('Subject: Grüße\r\n\r\nx\r\n') });
  expect(envelopeOf(header, all)).toMatchObject({ mail: expect.stringContaining(' SMTPUTF8\r\n') });
  expect(envelopeOf(message({ from: '' }), offers())).toMatchObject({ mail: 'MAIL FROM:<>\r\n' });
});

test('a domain is said in ASCII; a local part in UTF-8 needs a server that takes it', () => {
  const abroad = message({ to: 'ada@bücher.example' });
  expect(envelopeOf(abroad, offers())).toMatchObject({ rcpt: 'RCPT TO:<ada@xn--bcher-kva.example>\r\n' });
  const reader = message({ to: 'jürgen@bücher.example' });
  expect(envelopeOf(reader, all)).toMatchObject({ rcpt: 'RCPT TO:<jürgen@xn--bcher-kva.example>\r\n' });
  expect(envelopeOf(reader, offers())).toMatchObject({ kind: 'refused', code: 553, enhanced: '5.6.7' });
  const large = message({ raw: Buffer.alloc(1001, 'x') });
  expect(envelopeOf(large, all)).toMatchObject({ kind: 'refused', code: 552, enhanced: '5.3.4' });
});

test('a report is asked for in xtext (RFC 3461 section 4)', () => {
  expect(envelopeOf(message({ to: 'a+b=c@example.com', envid: 'n+1=2 ü' }), all)).toMatchObject({
    mail: expect.stringContaining(' RET=HDRS ENVID=n+2B1+3D2+20+C3+BC\r\n'),
    rcpt: 'RCPT TO:<a+b=c@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@example.com\r\n',
  });
});

test('no address can say more than one line with one pair of brackets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (to) => {
      const envelope = envelopeOf(message({ to }), all);
      if (envelope.kind === 'envelope') expect(envelope.rcpt).toMatch(/^RCPT TO:<[^<>\r\n\0]+>\r\n$/);
    }),
    { numRuns: 2000 },
  );
});

test('a message with its dots doubled is the message again when they are taken out', () => {
  const line = fc.constantFrom('.', '..', '.x', 'x', '', 'x.', '.\n.');
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const raw = Buffer.from(lines.map((one) => `${one}\r\n`).join(''));
      const sent = dotStuffed(raw).toString();
      expect(sent.replace(/(^|\n)\./g, '$1')).toBe(raw.toString());
      expect(sent).not.toMatch(/(^|\n)\.\r?\n/);
    }),
  );
  const clean = Buffer.from('a\r\nb.\r\n');
  expect(dotStuffed(clean)).toBe(clean);
  expect([endsLine(clean), endsLine(Buffer.from('a\n')), endsLine(Buffer.alloc(0))]).toEqual([
    true,
    false,
    false,
  ]);
});

test('replies are the same wherever the network cuts them', () => {
  const replies = ['220 here\r\n', '250-a\r\n250-b\r\n250 c\r\n', '354\r\n', '550 5.1.1 no\n'];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
      const reader = new ReplyReader();
      const heard: string[] = [];
      const bytes = Buffer.from(replies.join(''));
      for (let at = 0, n = 0; at < bytes.length; n += 1) {
        const size = sizes[n % sizes.length] ?? 1;
        reader.feed(bytes.subarray(at, at + size), ({ code }) => heard.push(`${code}`));
        at += size;
      }
      expect(heard).toEqual(['220', '250', '354', '550']);
      expect(reader.holdsPart).toBe(false);
    }),
  );
});

test('what is no reply, or never ends, is a fault at once', () => {
  const feed = (text: string) => () => new ReplyReader().feed(Buffer.from(text), () => {});
  for (const text of ['hello\r\n', '99 x\r\n', '1000 x\r\n', '250-a\r\n251 b\r\n', '\n', '150 x\r\n'])
    expect(feed(text), text).toThrow(ReplyFault);
  expect(feed('250-x\r\n'.repeat(3000))).toThrow(ReplyFault);
  expect(feed('x'.repeat(20_000))).toThrow(ReplyFault);
});
