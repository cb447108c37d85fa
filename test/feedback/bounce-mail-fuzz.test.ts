import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { understandMail } from '../../src/feedback/bounce-mail/understand.ts';

/** Ours, and the labelled ones where the machine has them. */
const mails = [path.join(import.meta.dirname, 'mails'), process.env.PRESSRUN_BOUNCES]
  .flatMap((directory) => (directory ? globSync(path.join(directory, '*.eml')) : []))
  .map((file) => readFileSync(file));

const anyMail = fc.constantFrom(...mails);
const anyKind = ['bounce', 'delayed', 'complaint', 'auto-reply', 'other'];

function expectUnderstood(raw: Buffer): void {
  const { kind, recipients } = understandMail(raw);
  expect(anyKind).toContain(kind);
  for (const recipient of recipients) {
    expect(recipient.hard).toBe(recipient.class === 'address-gone');
    expect(recipient.address.length).toBeLessThan(325);
  }
}

test('any bytes are understood as something', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => expectUnderstood(Buffer.from(bytes))),
  );
});

test('a mail cut anywhere is understood as something', () => {
  fc.assert(
    fc.property(anyMail, fc.double({ min: 0, max: 1, noNaN: true }), (mail, share) =>
      expectUnderstood(mail.subarray(0, Math.floor(mail.length * share))),
    ),
    { numRuns: 300 },
  );
});

test('a mail with other bytes in it, or with pieces of another, is understood as something', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(200),
    by: fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          '\n\n',
          '--',
          '\r',
          '=?utf-8?B?',
          ';',
          '"',
          '<',
          '@',
          'Content-Type: multipart/mixed; boundary=a\n',
        )
        .map((text) => Buffer.from(text)),
      fc.tuple(anyMail, fc.nat(4_000)).map(([mail, from]) => mail.subarray(from, from + 500)),
    ),
  });
  fc.assert(
    fc.property(anyMail, fc.array(change, { minLength: 1, maxLength: 6 }), (mail, changes) => {
      const changed = changes.reduce((raw, { at, length, by }) => {
        const from = Math.floor(raw.length * at);
        return Buffer.concat([raw.subarray(0, from), by, raw.subarray(from + length)]);
      }, mail);
      expectUnderstood(changed);
    }),
    { numRuns: 500 },
  );
});

const SIZE = 25 * 1024 * 1024;
const report = 'From: MAILER-DAEMON\nContent-Type: multipart/report; boundary="a"\n\n';

test.each([
  ['one line', 'From: MAILER-DAEMON\n\n', 'a'],
  ['addresses without a blank', 'From: MAILER-DAEMON\n\n', 'a@b.'],
  ['lines with addresses', 'From: MAILER-DAEMON\n\n', 'reader@b.example\n'],
  ['one header field', 'Subject: ', 'a'],
  ['header fields', '', 'X-Field: 1\n'],
  ['folded lines', 'Subject: a\n', ' b\n'],
  ['encoded words', 'Subject: ', '=?utf-8?Q?a?= '],
  ['the starts of encoded words', 'Subject: ', '=?a?b?'],
  ['boundaries', report, '--a\n'],
  ['almost boundaries', report, '--a-'],
  [
    'parts',
    report,
    '--a\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n\n',
  ],
  [
    'recipients',
    `${report}--a\nContent-Type: message/delivery-status\n\n`,
    'Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n',
  ],
  ['parts within parts', '', 'Content-Type: multipart/mixed; boundary="a"\n\n--a\n'],
  ['messages within messages', '', 'Content-Type: message/rfc822\n\n'],
  ['tags', 'From: MAILER-DAEMON\nContent-Type: text/html\n\n', '<style><'],
  ['parameters', 'Content-Type: text/plain', '; a="'],
  ['quotes', 'From: MAILER-DAEMON\nSubject: Fwd: x\n\n', '> > '],
  ['base64', 'From: MAILER-DAEMON\nContent-Transfer-Encoding: base64\n\n', 'AAAA'],
  ['empty lines', 'From: MAILER-DAEMON\n\n', '\n'],
  ['dashes', report, '-'],
])('25 MB of %s take no longer than a moment', (_name, start, piece) => {
  const raw = Buffer.concat([Buffer.from(start), Buffer.alloc(SIZE, piece)]);
  const began = performance.now();
  expectUnderstood(raw);
  expect(performance.now() - began).toBeLessThan(5_000);
});
