import { createTransport } from 'nodemailer';
import { afterAll, expect, test } from 'vitest';
import { startBounceListener } from '../../src/feedback/bounce-listener.ts';
import { Inbox } from '../../src/feedback/inbox.ts';
import { asId } from '../../src/ids.ts';
import { silentLog } from '../../src/log.ts';
import { createBounceAddresses } from '../../src/tokens/bounce-address.ts';
import { testDatabase } from '../support/database.ts';
import { processAll } from '../support/feedback.ts';
import { makePublication, makeReaders, makeSend, TEST_SECRET } from '../support/press.ts';

const { db } = await testDatabase();
const bounces = createBounceAddresses('bounces.example.com', [TEST_SECRET]);
const inbox = new Inbox({ db, wake: async () => {} });
const listener = await startBounceListener({ inbox, bounces, host: '127.0.0.1', port: 0, log: silentLog });
afterAll(() => listener.close());
const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true });

const NOTICE = `From: MAILER-DAEMON@mx.example.com
To: whoever@example.com
Subject: Undelivered Mail Returned to Sender

<somebody@example.com>: host mx.example.com said: 550 5.1.1 User unknown (in reply to RCPT TO command)
`;

const deliver = (to: string | string[], raw: string | Buffer = NOTICE) =>
  transport.sendMail({ envelope: { from: '', to }, raw });
const kept = () =>
  db.selectFrom('raw_events').selectAll().where('source', '=', 'mail').orderBy('id').execute();

test('a bounce that comes over SMTP is kept, and ends the subscription of its reader', async () => {
  const publication = await makePublication(db);
  await makeReaders(db, publication, ['ada@example.com']);
  const { id } = await db.selectFrom('subscribers').select('id').executeTakeFirstOrThrow();
  const address = bounces.make({ kind: 'delivery', send: await makeSend(db, publication), subscriber: id });
  await deliver(address);
  await deliver(address);
  expect(await kept()).toHaveLength(1);
  await processAll(db, { bounces });
  expect(await db.selectFrom('subscribers').select('status').executeTakeFirst()).toEqual({
    status: 'bounced',
  });
});

test('mail to any other address is refused: nothing is relayed', async () => {
  for (const address of ['b@bounces.example.com', 'b+forged@bounces.example.com', 'ada@example.com'])
    await expect(deliver(address), address).rejects.toThrow(/550/);
  expect(await kept()).toHaveLength(1);
});

test('a mail to the address that leaves a letter is taken, in whatever case', async () => {
  const leaving = createBounceAddresses('bounces.example.com', [TEST_SECRET], { heard: true });
  const address = leaving.makeLeave({ kind: 'notice', notice: asId(2) }) ?? '';
  await deliver(address.toUpperCase(), 'Subject: unsubscribe\n\n');
  const mail = (await kept()).at(-1);
  expect(mail?.body.toString().toLowerCase()).toContain(`x-original-to: ${address}\r\n`);
});

test('of a large mail the beginning is kept, and one that is too large is refused', async () => {
  const address = bounces.make({ kind: 'notice', notice: asId(1) });
  const large = (mb: number) =>
    Buffer.concat([Buffer.from(NOTICE), Buffer.alloc(mb * 1024 * 1024, 'line of text\n')]);
  await deliver(address, large(5));
  const mail = (await kept()).at(-1);
  expect(mail?.body.toString().startsWith(`X-Original-To: ${address}\r\nFrom: MAILER-DAEMON`)).toBe(true);
  expect(mail?.body.length).toBeLessThan(3 * 1024 * 1024);
  await expect(deliver(address, large(26))).rejects.toThrow(/552/);
  expect(await kept()).toHaveLength(3);
});
