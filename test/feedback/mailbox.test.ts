import { afterEach, describe, expect, test } from 'vitest';
import { type BounceMailbox, readImapUrl } from '../../src/config/imap-url.ts';
import { Inbox } from '../../src/feedback/inbox.ts';
import { openMailbox } from '../../src/feedback/mailbox-connection.ts';
import { type MailboxReader, startMailboxReader } from '../../src/feedback/mailbox-reader.ts';
import { mailboxFaults } from '../../src/feedback/mailbox-store.ts';
import { type Log, silentLog } from '../../src/log.ts';
import { createBounceAddresses } from '../../src/tokens/bounce-address.ts';
import { testDatabase } from '../support/database.ts';
import { type Dovecot, startDovecot } from '../support/dovecot.ts';
import { processAll } from '../support/feedback.ts';
import { startMeddlingProxy } from '../support/meddling-proxy.ts';
import { makePublication, makeReaders, makeSend, TEST_SECRET } from '../support/press.ts';
import { until } from '../support/until.ts';

const { db } = await testDatabase();
const dovecot = await startDovecot();
const durable = new Inbox({ db, wake: async () => {} });
/** Mails that were handed to the inbox, those that it knew included. */
let receipts = 0;
const inbox: Pick<Inbox, 'receive'> = {
  async receive(mail) {
    const receipt = await durable.receive(mail);
    receipts += 1;
    return receipt;
  },
};
const bounces = createBounceAddresses('bounces.example.com', [TEST_SECRET], { heard: true });
const publication = await makePublication(db);
const waits = { again: 100, most: 400 };

const readers: MailboxReader[] = [];
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
});

function mailboxOf(user: string, more = ''): BounceMailbox {
  const faults: string[] = [];
  const url = `imap://${user}:let-me-in@127.0.0.1:${dovecot?.port}/INBOX?every=5${more}`;
  const mailbox = readImapUrl(url, faults);
  expect(faults).toEqual([]);
  if (!mailbox) throw new Error('the URL is right');
  return mailbox;
}

function read(mailbox: BounceMailbox, log: Log = silentLog): MailboxReader {
  const reader = startMailboxReader({ mailbox, db, inbox, log, leaseMs: 1500, waits });
  readers.push(reader);
  return reader;
}

const kept = () => db.selectFrom('raw_events').select(['id', 'body']).orderBy('id').execute();
const keptWith = async (text: string) => (await kept()).filter(({ body }) => body.includes(text));
const storedSoon = (text: string, mails: number) =>
  until(`${mails} mails with ${text} are stored`, async () => (await keptWith(text)).length >= mails);

const note = (text: string) => `From: a@example.org\nTo: b@example.org\nSubject: ${text}\n\n${text}\n`;

const bounceTo = (to: string) => `Return-Path: <>
Delivered-To: ${to}
From: MAILER-DAEMON@mx.example.com
To: ${to}
Subject: Undelivered Mail Returned to Sender

<somebody@example.com>: host mx.example.com said: 550 5.1.1 User unknown (in reply to RCPT TO command)
`;

/** Readers, each with the delivery that a bounce or a mail of theirs names. */
async function mailed(...emails: string[]) {
  await makeReaders(db, publication, emails);
  const send = await makeSend(db, publication);
  const rows = await db
    .selectFrom('subscribers')
    .select(['id', 'email'])
    .where('email', 'in', emails)
    .execute();
  return rows.map(({ id }) => ({ kind: 'delivery' as const, send, subscriber: id }));
}
const statusOf = async (email: string) =>
  (await db.selectFrom('subscribers').select('status').where('email', '=', email).executeTakeFirst())?.status;

describe.skipIf(dovecot === null)('a mailbox at a real Dovecot', () => {
  const server = dovecot as Dovecot;

  test('a bounce ends the subscription, a mail to leave too, and both then lie in Pressrun/Read', async () => {
    const [ada, bea] = await mailed('ada@example.com', 'bea@example.com');
    if (!ada || !bea) throw new Error('two readers were made');
    const leave = bounces.makeLeave(bea);
    await server.deliver('both', [
      bounceTo(bounces.make(ada)),
      `Delivered-To: ${leave}\nFrom: whoever@example.org\nTo: ${leave}\nSubject: unsubscribe\n\n`,
    ]);
    read(mailboxOf('both'));
    await until('both are put away', async () => (await server.count('both', 'Pressrun/Read')) === 2);
    await processAll(db, { bounces });
    expect([await statusOf('ada@example.com'), await statusOf('bea@example.com')]).toEqual([
      'bounced',
      'unsubscribed',
    ]);
    expect(await server.count('both')).toBe(0);
    expect(await server.flags('both')).toEqual([]);
  });

  test('mail that comes while the mailbox is open is read at once', async () => {
    await server.deliver('idle', [note('idle-early')]);
    read({ ...mailboxOf('idle'), everyMs: 3_600_000 });
    await storedSoon('idle-early', 1);
    await server.deliver('idle', [note('idle-later')]);
    await storedSoon('idle-later', 1);
  });

  test.each([
    ['seen', ['S', 'S']],
    ['keep', ['', '']],
  ])('with after=%s mails stay, and are read once, by whoever reads on', async (after, flags) => {
    const user = `stays-${after}`;
    await server.deliver(user, [note(`${user}-1`), note(`${user}-2`)]);
    const mailbox = mailboxOf(user, `&after=${after}`);
    const first = read(mailbox);
    await storedSoon(user, 2);
    await until('its marks are made', async () => (await server.flags(user)).join() === flags.join());
    await first.close();
    const before = receipts;
    await server.deliver(user, [note(`${user}-3`)]);
    read(mailbox);
    await storedSoon(user, 3);
    expect(receipts - before).toBe(1);
    expect(await server.count(user)).toBe(3);
  });

  test('a mail that somebody has opened in the mailbox is read all the same', async () => {
    await server.deliver('opened', [note('opened-by-hand')]);
    const hand = await openMailbox(mailboxOf('opened', '&after=seen'), new AbortController().signal);
    await hand.markSeen(await hand.uidsFrom(1));
    hand.close();
    read(mailboxOf('opened', '&after=seen'));
    await storedSoon('opened-by-hand', 1);
  });

  test('with after=delete a mail is gone from the mailbox once it is stored', async () => {
    await server.deliver('delete', [note('to-be-deleted')]);
    read(mailboxOf('delete', '&after=delete'));
    await until('it is deleted', async () => (await server.count('delete')) === 0);
    expect(await keptWith('to-be-deleted')).toHaveLength(1);
  });

  test('where the folder cannot be made mails are marked as seen', async () => {
    await server.deliver('no-folder', [note('no-folder')]);
    await server.forbidFolder('no-folder', 'Pressrun/Read');
    read(mailboxOf('no-folder'));
    await until('it is marked', async () => (await server.flags('no-folder')).join() === 'S');
    expect(await keptWith('no-folder')).toHaveLength(1);
  });

  test('mail of 25 MB, an empty one and broken ones are kept, the large one up to 2 MB', async () => {
    const large = Buffer.concat([Buffer.from(note('odd-large')), Buffer.alloc(25 * 1024 * 1024, 'large \n')]);
    const broken = [
      Buffer.from([0xff, 0xfe, 0x80, 0x0a, ...Buffer.from('odd-bytes')]),
      'odd-header',
      'Content-Type: multipart/report; boundary=\n\nodd-parts\n--',
    ];
    await server.deliver('odd', ['', large, ...broken]);
    read(mailboxOf('odd'));
    await storedSoon('odd-', 4);
    await processAll(db, { bounces });
    const [big] = await keptWith('odd-large');
    expect(big?.body.length).toBe(2 * 1024 * 1024);
    const [bytes] = await keptWith('odd-bytes');
    expect(bytes?.body.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xfe, 0x80]));
    await until('all are put away', async () => (await server.count('odd', 'Pressrun/Read')) === 5);
  });

  test('two workers and 1,000 mails: each is stored once, and when one leaves the other goes on', async () => {
    const mails = Array.from({ length: 1000 }, (_, n) => note(`thousand-${n}.`));
    await server.deliver('thousand', mails.slice(0, 900));
    const before = receipts;
    const workers = [read(mailboxOf('thousand')), read(mailboxOf('thousand'))];
    await storedSoon('thousand-', 900);
    await until('all are put away', async () => (await server.count('thousand', 'Pressrun/Read')) === 900);
    expect(receipts - before).toBe(900);
    await server.deliver('thousand', mails.slice(900));
    await workers[0]?.close();
    await until(
      'the rest is put away',
      async () => (await server.count('thousand', 'Pressrun/Read')) === 1000,
    );
    expect(await keptWith('thousand-')).toHaveLength(1000);
  });

  test('a connection that is cut in the middle of a mail loses none, and stores none twice', async () => {
    const proxy = await startMeddlingProxy(server.port);
    const mails = Array.from({ length: 40 }, (_, n) => note(`cut-${n}.${'x'.repeat(20_000)}`));
    await server.deliver('cut', mails);
    proxy.cutAfter(300_000);
    read({ ...mailboxOf('cut'), port: proxy.port });
    await until('all are put away', async () => (await server.count('cut', 'Pressrun/Read')) === 40);
    expect(await keptWith('cut-')).toHaveLength(40);
  });

  test.each(['move', 'seen'])(
    'with after=%s, mails that the server renumbers are read again and count once',
    async (after) => {
      const [cyd] = await mailed(`cyd-${after}@example.com`);
      if (!cyd) throw new Error('a reader was made');
      const user = `renumbered-${after}`;
      const proxy = await startMeddlingProxy(server.port);
      const mailbox = { ...mailboxOf(user, `&after=${after}`), port: proxy.port };
      // the crash between storing and marking, for `move`
      const held = after === 'move' ? proxy.hold('UID MOVE') : null;
      await server.deliver(user, [bounceTo(bounces.make(cyd))]);
      const first = read(mailbox);
      await storedSoon(bounces.make(cyd), 1);
      await held;
      if (after === 'seen') await until('marked', async () => (await server.flags(user)).join() === 'S');
      await first.close();
      proxy.letThrough();
      server.renumber(user, 4_000_000_001);
      const before = receipts;
      const again = read(mailbox);
      await until('it is read again', () => receipts > before);
      await again.close();
      await processAll(db, { bounces });
      expect(await keptWith(bounces.make(cyd))).toHaveLength(1);
      const counted = db.selectFrom('sends').select('bounced').where('id', '=', cyd.send);
      expect(await counted.executeTakeFirst()).toEqual({ bounced: 1 });
    },
  );

  test('a wrong password is said once, shown until it is right, and nobody reads', async () => {
    const { log, said } = listening();
    const mailbox = { ...mailboxOf('wrong'), password: 'guessed' };
    const reader = read(mailbox, log);
    await until('the fault is shown', async () => (await faultsOf('wrong')).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await reader.close();
    const reason = `127.0.0.1:${server.port} refuses the user or the password of BOUNCE_IMAP_URL`;
    expect(said).toEqual([{ event: 'bounce mailbox not read', reason }]);
    expect(await faultsOf('wrong')).toMatchObject([{ fault: reason }]);
    read(mailboxOf('wrong'));
    await until('it is read', async () => (await faultsOf('wrong')).length === 0);
  });

  test('a server that goes away is waited for, and the mailbox is read on by itself', async () => {
    const { log, said } = listening();
    await server.deliver('away', [note('away-before')]);
    read(mailboxOf('away'), log);
    await storedSoon('away-before', 1);
    await server.stop();
    await until('the fault is shown', async () => (await faultsOf('away')).length > 0);
    await server.deliver('away', [note('away-after')]);
    await server.start();
    await storedSoon('away-after', 1);
    await until('no fault is shown', async () => (await faultsOf('away')).length === 0);
    expect(said.at(-1)).toMatchObject({ event: 'bounce mailbox read again' });
  });
});

const faultsOf = async (user: string) =>
  (await mailboxFaults(db)).filter(({ name }) => name.startsWith(`${user} at `));

/** What is said to the operator. */
function listening() {
  const said: object[] = [];
  const say = (line: object) => said.push(line);
  return { said, log: { ...silentLog, warn: say, info: say } as Log };
}
