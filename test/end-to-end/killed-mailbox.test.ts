import { afterAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { startDovecot } from '../support/dovecot.ts';
import { startMeddlingProxy } from '../support/meddling-proxy.ts';
import { kill, openProduction, type Production, TAKEN_OVER_SOON } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';

const DOMAIN = 'bounces.example.com';
const READERS = 60;

const dovecot = await startDovecot();
// behind it: a file whose tests are all skipped ends without its afterAll
const redis = dovecot && (await redisForTests());
let production: Production | null = null;
let database: Database | null = null;
afterAll(async () => {
  await database?.close();
  await production?.close();
});

/** As a mail server returns a letter that it took and could not deliver. */
const bounceTo = (sender: string) => `Return-Path: <>
Delivered-To: ${sender}
From: MAILER-DAEMON@mx.example.com
To: ${sender}
Subject: Undelivered Mail Returned to Sender

<somebody@example.com>: host mx.example.com said: 550 5.1.1 User unknown (in reply to RCPT TO command)
`;

test.skipIf(redis === null || dovecot === null)(
  'a worker that is killed between storing and putting away loses no mail, and none counts twice',
  { timeout: 300_000 },
  async () => {
    if (!redis || !dovecot) return;
    const proxy = await startMeddlingProxy(dovecot.port);
    production = await openProduction(
      redis,
      READERS,
      {},
      {
        ...TAKEN_OVER_SOON,
        BOUNCE_DOMAIN: DOMAIN,
        BOUNCE_IMAP_URL: `imap://bounces:let-me-in@127.0.0.1:${proxy.port}/INBOX?every=5`,
      },
    );
    database = openDatabase(production.databaseUrl);
    const { db } = database;
    const held = proxy.hold('UID MOVE');
    const worker = await production.startWorker();
    expect((await production.send().ended).status).toBe(0);

    const senders = production.sink.taken.map(({ from }) => from);
    expect(production.sink.taken[0]?.raw).toMatch(/^List-Unsubscribe: <https:[^>]+>, <mailto:u\+/m);
    await dovecot.deliver('bounces', senders.map(bounceTo));
    await held;
    await kill(worker);
    expect(await dovecot.count('bounces')).toBe(READERS);
    proxy.letThrough();

    await production.startWorker();
    await until(
      'all are put away',
      async () => (await dovecot.count('bounces', 'Pressrun/Read')) === READERS,
    );
    const open = db.selectFrom('raw_events').select('id').where('processed_at', 'is', null);
    await until('all are processed', async () => (await open.execute()).length === 0);
    const mails = await db.selectFrom('raw_events').select('id').where('source', '=', 'mail').execute();
    expect(mails).toHaveLength(READERS);
    expect(await db.selectFrom('sends').select('bounced').executeTakeFirst()).toEqual({ bounced: READERS });
  },
);
