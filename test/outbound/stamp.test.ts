import fc from 'fast-check';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { composeMessage } from '../../src/outbound/compose.ts';
import { compileLetter, type Letter, type Stamp, type Template } from '../../src/outbound/stamp.ts';
import { asSent } from '../support/wire.ts';
import { hostile, letter, type Slot, stamp, template, writable } from './arbitrary-letter.ts';

const filled = (template: Template<Slot>, values: Stamp<Slot>['values'], encode = (value: string) => value) =>
  template.map((piece) => (typeof piece === 'string' ? piece : encode(values[piece.slot]))).join('');

/** What a mail program makes of it. */
function seen(mail: ParsedMail) {
  const people = (field: AddressObject | AddressObject[] | undefined) =>
    [field ?? []].flat().flatMap(({ value }) => value.map(({ name, address }) => ({ name, address })));
  const { subject, messageId, date } = mail;
  const text = mail.text?.trimEnd();
  const html = String(mail.html).trimEnd();
  return {
    subject,
    messageId,
    date,
    text,
    html,
    from: people(mail.from),
    to: people(mail.to),
    replyTo: people(mail.replyTo),
  };
}

async function bothWays(one: Letter<Slot>, reader: Stamp<Slot>) {
  const stamped = asSent(await compileLetter(one, null)(reader));
  const composed = await composeMessage({
    from: one.from,
    reply_to: one.reply_to,
    to: reader.to,
    subject: one.subject,
    html: filled(one.html, reader.values, one.escapeHtml),
    text: filled(one.text, reader.values),
    message_id: reader.message_id,
    date: reader.date,
    list: { ...reader, ...one.list },
    feedback_id: one.feedback_id,
    auto_submitted: false,
  });
  return { stamped, is: seen(await simpleParser(stamped)), should: seen(await simpleParser(composed)) };
}

/** On the wire: CRLF alone, lines that RFC 5322 allows, no line that begins with a dot, headers of ASCII. */
function expectFitForTheWire(message: Buffer): void {
  const lines = message.toString('latin1').split('\r\n');
  for (const line of lines) {
    expect(line).not.toMatch(/[\r\n]/);
    expect(line).not.toContain('\u0000');
    expect(line.length).toBeLessThanOrEqual(998);
    expect(line.startsWith('.')).toBe(false);
  }
  const body = lines.slice(lines.indexOf('') + 1);
  for (const line of body) expect(line.length).toBeLessThanOrEqual(80);
}

test('a stamped letter reads as the one that nodemailer composes', async () => {
  const { stamped, is, should } = await bothWays(letter, stamp);
  expect(is).toEqual(should);
  expectFitForTheWire(stamped);
});

test('a list header stays in one piece, whatever its length', async () => {
  const unsubscribe_url = `https://press.test/unsubscribe/${'a'.repeat(300)}`;
  const ways = { unsubscribe_url, unsubscribe_mail: null };
  const raw = asSent(await compileLetter(letter, null)({ ...stamp, ...ways })).toString();
  expect(raw).toContain(`\r\nList-Unsubscribe: <${unsubscribe_url}>\r\n`);
  expect(raw).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
});

test('a letter that can be left by mail says so behind the one https address', async () => {
  const raw = asSent(await compileLetter(letter, null)(stamp)).toString();
  expect(raw).toContain(
    '\r\nList-Unsubscribe: <https://press.test/unsubscribe/abc>, <mailto:u+abc@bounces.press.test?subject=unsubscribe>\r\n',
  );
});

test('hostile texts, names and values come out as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(
      template,
      template,
      writable,
      hostile,
      writable,
      async (text, html, subject, name, value) => {
        const values = { link: value, name: name.toWellFormed().replace(/\p{Cc}+/gu, '\n') };
        const line = subject.replace(/\s/g, ' ');
        const one = {
          ...letter,
          text: ['T', ...text, 'T'],
          html: ['<p>', ...html, '</p>'],
          subject: `S ${line}`,
        };
        const { stamped, is, should } = await bothWays(one, { ...stamp, values });
        expectFitForTheWire(stamped);
        expect(is).toEqual(should);
      },
    ),
    { numRuns: 150 },
  );
});

test('a name cannot begin a header or be read as another address', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (name) => {
      const to = { name: name.toWellFormed(), address: 'ada@example.com' };
      const raw = asSent(await compileLetter(letter, null)({ ...stamp, to }));
      expectFitForTheWire(raw);
      const mail = await simpleParser(raw);
      const [read] = [mail.to ?? []].flat();
      expect(read?.value.map(({ address }) => address)).toEqual(['ada@example.com']);
      expect([...mail.headers.keys()].toSorted()).toEqual([
        'content-type',
        'date',
        'feedback-id',
        'from',
        'list',
        'message-id',
        'mime-version',
        'reply-to',
        'subject',
        'to',
      ]);
    }),
    { numRuns: 300 },
  );
});

test('an address in another script goes out as it is, for servers that take SMTPUTF8', async () => {
  const to = { name: '', address: '用户@example.com' };
  const stamped = await compileLetter(letter, null)({ ...stamp, to });
  expect(stamped.ascii).toBe(false);
  expect(stamped.bytes).toBe(asSent(stamped).length);
  expect(asSent(stamped).toString()).toContain('\r\nTo: 用户@example.com\r\n');
});
