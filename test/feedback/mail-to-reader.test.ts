import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Inbox } from '../../src/feedback/inbox.ts';
import type { SendId, SubscriberId } from '../../src/ids.ts';
import { messageId } from '../../src/outbound/message-names.ts';
import { saltKey } from '../../src/publications/installation.ts';
import { createBounceAddresses } from '../../src/tokens/bounce-address.ts';
import { testDatabase } from '../support/database.ts';
import { processAll } from '../support/feedback.ts';
import { makePublication, makeReaders, makeSend, TEST_SECRET } from '../support/press.ts';

const { db } = await testDatabase();
const inbox = new Inbox({ db, wake: async () => {} });
const bounces = createBounceAddresses('bounces.example.com', [TEST_SECRET]);
const key = await saltKey(db);
const publication = await makePublication(db);

async function reader(email: string): Promise<{ subscriber: SubscriberId; send: SendId }> {
  await makeReaders(db, publication, [email]);
  const { id } = await db
    .selectFrom('subscribers')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  return { subscriber: id, send: await makeSend(db, publication) };
}

async function hear(mail: string): Promise<void> {
  const external_id = randomBytes(8).toString('hex');
  await inbox.receive({
    source: 'mail',
    external_id,
    headers: {},
    body: Buffer.from(mail.replace(/\n/g, '\r\n')),
  });
  await processAll(db, { bounces });
}

const statusOf = async (subscriber: SubscriberId) =>
  (await db.selectFrom('subscribers').select('status').where('id', '=', subscriber).executeTakeFirst())
    ?.status;

/** As Postfix writes it. */
const report = (
  to: string,
  { action = 'failed', status = '5.1.1', code = 550, returned = '', envid = '' } = {},
) => `Return-Path: <>
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: ${to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
${envid && `Original-Envelope-Id: ${envid}\n`}
Final-Recipient: rfc822; somebody@example.com
Action: ${action}
Status: ${status}
Diagnostic-Code: smtp; ${code} ${status} <somebody@example.com>: Recipient address rejected: User unknown

--B
Content-Type: text/rfc822-headers

From: letter@example.com
${returned}Subject: A Test Issue

--B--
`;

test('a bounce to the envelope sender of a delivery ends the subscription, whatever address it names', async () => {
  const ada = await reader('ada@example.com');
  await hear(report(bounces.make({ kind: 'delivery', ...ada })));
  expect(await statusOf(ada.subscriber)).toBe('bounced');
  expect(
    await db.selectFrom('sends').select('bounced').where('id', '=', ada.send).executeTakeFirst(),
  ).toEqual({ bounced: 1 });
});

test('a bounce that returns our Message-ID does so too', async () => {
  const bea = await reader('bea@example.com');
  const id = messageId(`d${bea.send}.${bea.subscriber}`, key, 'letter@example.com');
  await hear(report('letter@example.com', { returned: `Message-ID: ${id}\n` }));
  expect(await statusOf(bea.subscriber)).toBe('bounced');
});

test('a warning that it takes longer changes nothing', async () => {
  const cyd = await reader('cyd@example.com');
  await hear(
    report(bounces.make({ kind: 'delivery', ...cyd }), { action: 'delayed', status: '4.4.1', code: 450 }),
  );
  expect(await statusOf(cyd.subscriber)).toBe('active');
});

test('a bounce that anybody could have written changes nobody: neither an address nor an envelope id is a proof', async () => {
  const somebody = await reader('somebody@example.com');
  const envid = `d${somebody.send}.${somebody.subscriber}`;
  await hear(report('b+forged@bounces.example.com', { envid }));
  await hear(
    report('letter@example.com', {
      envid,
      returned: `Message-ID: <${envid}.0123456789abcdef@example.com>\n`,
    }),
  );
  expect(await statusOf(somebody.subscriber)).toBe('active');
});
