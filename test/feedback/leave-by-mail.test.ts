import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { excerptFor } from '../../src/feedback/excerpt.ts';
import { findEvidence } from '../../src/feedback/held-store.ts';
import { Inbox } from '../../src/feedback/inbox.ts';
import type { SendId, SubscriberId } from '../../src/ids.ts';
import { publicationById } from '../../src/publications/publication-store.ts';
import { undoUnsubscribe } from '../../src/subscribers/leave.ts';
import { eventWords, showSubscriber } from '../../src/subscribers/show-subscriber.ts';
import { readHistory } from '../../src/subscribers/subscriber-store.ts';
import { createBounceAddresses } from '../../src/tokens/bounce-address.ts';
import { testDatabase } from '../support/database.ts';
import { processAll } from '../support/feedback.ts';
import { makePublication, makeReaders, makeSend, TEST_SECRET } from '../support/press.ts';

const { db } = await testDatabase();
const inbox = new Inbox({ db, wake: async () => {} });
const bounces = createBounceAddresses('bounces.example.com', [TEST_SECRET], { heard: true });
const publication = await makePublication(db);

interface Reader {
  readonly send: SendId;
  readonly id: SubscriberId;
  readonly email: string;
  /** What List-Unsubscribe of the letter names. */
  readonly leave: string;
}

async function reader(email: string): Promise<Reader> {
  await makeReaders(db, publication, [email]);
  const { id } = await db
    .selectFrom('subscribers')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  const send = await makeSend(db, publication);
  return { send, id, email, leave: bounces.makeLeave({ kind: 'delivery', send, subscriber: id }) ?? '' };
}

async function hear(mail: string): Promise<void> {
  const body = Buffer.from(mail.replace(/\n/g, '\r\n'));
  await inbox.receive({ source: 'mail', external_id: randomBytes(8).toString('hex'), headers: {}, body });
  await processAll(db, { bounces });
}

const statusOf = async ({ id }: Reader) =>
  (await db.selectFrom('subscribers').select('status').where('id', '=', id).executeTakeFirst())?.status;
const suppressions = () => db.selectFrom('suppressions').selectAll().execute();

const mailTo = (to: string, more = '', text = '') =>
  `From: Somebody Else <somebody@elsewhere.example>\nTo: ${to}\n${more}Subject: unsubscribe\n\n${text}\n`;

test('an empty mail to the address of a letter ends the subscription of its reader, whoever it says it is from', async () => {
  const [ada, eve] = [await reader('ada@example.com'), await reader('eve@example.com')];
  await hear(mailTo(ada.leave).replace('somebody@elsewhere.example', eve.email));
  expect([await statusOf(ada), await statusOf(eve)]).toEqual(['unsubscribed', 'active']);
  expect(await suppressions()).toEqual([]);
});

test('the history says that it was by mail, and leads to the mail itself', async () => {
  const bea = await reader('bea@example.com');
  await hear(mailTo(bea.leave, 'X-Mailer: a program of hers\n'));
  const shown = await showSubscriber(db, await publicationById(db, publication), bea.email);
  const left = shown.history.at(-1);
  expect(left && eventWords(left)).toBe('unsubscribed by mail');
  const { id } = await db
    .selectFrom('feedback_events')
    .select('id')
    .where('subscriber_id', '=', bea.id)
    .executeTakeFirstOrThrow();
  expect(left?.detail).toMatchObject({ via: 'mail', evidence: { event: id, source: 'mail' } });
  const evidence = await findEvidence(db, id);
  expect(excerptFor(evidence?.body ?? Buffer.from(''), bea.email)).toContain('X-Mailer: a program of hers');
});

test("Apple's button is a wish to leave this letter, and no complaint", async () => {
  const cyd = await reader('cyd@example.com');
  const mail = readFileSync(new URL('./mails/apple-unsubscribe.eml', import.meta.url), 'utf8');
  await hear(mail.replace('u+token@press.example', cyd.leave));
  expect(await statusOf(cyd)).toBe('unsubscribed');
  expect(await suppressions()).toEqual([]);
});

test('a second mail changes nothing, and one by mistake is undone within the hour', async () => {
  const dan = await reader('dan@example.com');
  await hear(mailTo(dan.leave));
  await hear(mailTo(dan.leave.toUpperCase()));
  expect((await readHistory(db, dan.id)).map(({ event }) => event)).toEqual(['unsubscribed']);
  expect(await undoUnsubscribe(db, dan.id, new Date())).toBe(true);
});

test('a mail program that says it wrote the mail for a person is heard', async () => {
  const fay = await reader('fay@example.com');
  await hear(mailTo(fay.leave, 'Auto-Submitted: auto-generated\n'));
  expect(await statusOf(fay)).toBe('unsubscribed');
});

test('a welcome is left by mail too', async () => {
  const gus = await reader('gus@example.com');
  const row = {
    kind: 'welcome' as const,
    publication_id: publication,
    subscriber_id: gus.id,
    email: gus.email,
    locale: 'en',
    params: '{}',
    unique_key: 'welcome gus',
  };
  const { id } = await db.insertInto('notices').values(row).returning('id').executeTakeFirstOrThrow();
  await hear(mailTo(bounces.makeLeave({ kind: 'notice', notice: id }) ?? ''));
  expect(await statusOf(gus)).toBe('unsubscribed');
});

test.each([
  ['an out-of-office note', 'Auto-Submitted: auto-replied\n', 'I am on holiday.'],
  ['an answer by Exchange', 'X-Auto-Response-Suppress: All\n', 'I am on holiday.'],
  [
    'a bounce',
    'Return-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n',
    '--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n--B--',
  ],
])('%s to that address changes nobody', async (_name, more, text) => {
  const hal = await reader(`hal-${randomBytes(3).toString('hex')}@example.com`);
  await hear(mailTo(hal.leave, more, text));
  expect(await statusOf(hal)).toBe('active');
});

test('a forged address, and the bounce address of the same letter, unsubscribe nobody', async () => {
  const ida = await reader('ida@example.com');
  await hear(
    mailTo('u+aeaqcaibaeaqcaibaeaqcaibaeaqcaib@bounces.example.com').replace(
      'somebody@elsewhere.example',
      ida.email,
    ),
  );
  await hear(mailTo(bounces.make({ kind: 'delivery', send: ida.send, subscriber: ida.id })));
  expect(await statusOf(ida)).toBe('active');
});
