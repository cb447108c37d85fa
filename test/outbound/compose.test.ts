import { createSecretKey } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { composeMessage, type MessageFields } from '../../src/outbound/compose.ts';
import { feedbackId, listId, messageId } from '../../src/outbound/message-names.ts';

const fields: MessageFields = {
  from: { name: 'Wöchentlich', address: 'letter@example.com' },
  reply_to: 'editor@example.com',
  to: { name: 'Ada', address: 'ada@example.com' },
  subject: 'Ein Brief – 第六周',
  html: '<p>Hällo</p>',
  text: 'Hällo\n.dot',
  message_id: '<d1.2.abc@example.com>',
  date: new Date('2026-11-23T08:00:00Z'),
  list: {
    id: 'weekly.example.com',
    name: 'The "Weekly"',
    unsubscribe_url: 'https://press.test/unsubscribe/abc',
    unsubscribe_mail: 'u+abc@bounces.press.test',
  },
  feedback_id: 'i1:weekly:letter:examplecom',
  auto_submitted: false,
};

test('a message reads back as what was written', async () => {
  const mail = await simpleParser(await composeMessage(fields));
  expect(mail.subject).toBe(fields.subject);
  expect(mail.from?.value[0]).toEqual(fields.from);
  expect(mail.text?.trim()).toBe('Hällo\n.dot');
  expect(mail.html).toBe(fields.html);
  expect(mail.messageId).toBe(fields.message_id);
});

test('text stands before html, and every line ends with CRLF', async () => {
  const raw = (await composeMessage(fields)).toString();
  expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'));
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test.each([
  ['subject', { subject: 'x\r\nBcc: eve@example.com' }],
  ['name of the reader', { to: { name: 'x\r\nBcc: eve@example.com', address: 'ada@example.com' } }],
  [
    'name of the list',
    {
      list: {
        id: 'a.example.com',
        name: 'x\r\nBcc: eve@example.com',
        unsubscribe_url: 'https://press.test/',
        unsubscribe_mail: null,
      },
    },
  ],
])('a line break in the %s adds no header', async (_name, change) => {
  const mail = await simpleParser(await composeMessage({ ...fields, ...change }));
  expect(mail.bcc).toBeUndefined();
  expect(mail.headers.has('bcc')).toBe(false);
});

test('a notice says that nobody wrote it just now, and is no list mail', async () => {
  const raw = (
    await composeMessage({ ...fields, list: null, feedback_id: null, auto_submitted: true })
  ).toString();
  expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(raw).not.toMatch(/^(List-|Feedback-ID)/im);
});

test("ids are stable, and follow from the sender's domain", () => {
  const key = createSecretKey('salt', 'utf8');
  expect(messageId('d1.2', key, 'a@Example.com')).toBe(messageId('d1.2', key, 'b@example.com'));
  expect(messageId('d1.2', key, 'a@example.com')).not.toBe(messageId('d1.3', key, 'a@example.com'));
  expect(listId('weekly', 'letter@Example.com')).toBe('weekly.example.com');
  expect(feedbackId('i12', 'weekly', 'a@x.io')).toBe('i12:weekly:letter:xioxx');
});
