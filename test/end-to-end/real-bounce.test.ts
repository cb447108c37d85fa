import { createTransport } from 'nodemailer';
import { afterAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { freePort } from '../support/free-port.ts';
import { startPostfix } from '../support/postfix.ts';
import { openProduction, type Production } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';

const bounces = { domain: 'bounces.example.com', port: await freePort() };
const postfix = await startPostfix({ mailboxes: ['reader0', 'reader1'], bounces });
// behind it: a file whose tests are all skipped ends without its afterAll
const redis = postfix && (await redisForTests());
/** As Apple Mail writes it. */
const LEAVE_MAIL = [
  'From: Somebody <somebody@elsewhere.example>',
  'Subject: unsubscribe',
  'X-Apple-Unsubscribe: true',
  '',
  '',
].join('\r\n');
let production: Production | null = null;
let database: Database | null = null;
afterAll(async () => {
  await database?.close();
  await production?.close();
});

test.skipIf(redis === null || postfix === null)(
  'through a real Postfix a report of no such user ends one subscription, and an empty mail to List-Unsubscribe another',
  { timeout: 240_000 },
  async () => {
    if (!redis || !postfix) return;
    const env = {
      SMTP_URL: `smtp://127.0.0.1:${postfix.port}`,
      BOUNCE_DOMAIN: bounces.domain,
      BOUNCE_SMTP_PORT: String(bounces.port),
      PORT: String(await freePort()),
    };
    production = await openProduction(redis, 3, {}, env);
    database = openDatabase(production.databaseUrl);
    const { db } = database;
    await Promise.all([production.startWeb(), production.startWorker()]);
    const { status, json } = await production.send().ended;
    expect(status).toBe(0);
    expect(json()).toMatchObject({ state: 'finished', accepted: 3, rejected: 0 });

    const readers = () => db.selectFrom('subscribers').select(['email', 'status']).orderBy('email').execute();
    await until('the report has come back', async () =>
      (await readers()).some((each) => each.status !== 'active'),
    );
    expect(await readers()).toEqual([
      { email: 'reader0@example.com', status: 'active' },
      { email: 'reader1@example.com', status: 'active' },
      { email: 'reader2@example.com', status: 'bounced' },
    ]);
    const suppressions = await db
      .selectFrom('suppressions')
      .select(['email', 'reason', 'evidence'])
      .execute();
    expect(suppressions).toMatchObject([
      {
        email: 'reader2@example.com',
        reason: 'bounce',
        evidence: { source: 'mail', send: expect.any(String) },
      },
    ]);
    const [letter = ''] = await postfix.mailsOf('reader0');
    const [, leave = ''] =
      /^List-Unsubscribe: <https:[^>]+>, <mailto:([^?]+)\?subject=unsubscribe>\r?$/m.exec(letter) ?? [];
    const transport = createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true });
    await transport.sendMail({
      envelope: { from: 'somebody@elsewhere.example', to: leave },
      raw: `To: ${leave}\r\n${LEAVE_MAIL}`,
    });
    await until('the mail has been heard', async () => (await readers())[0]?.status !== 'active');
    expect((await readers()).map(({ status }) => status)).toEqual(['unsubscribed', 'active', 'bounced']);
    expect(await production.call('subscribers', 'show', 'reader0@example.com', '--json')).toMatchObject({
      suppressed: null,
      history: expect.arrayContaining([
        expect.objectContaining({ event: 'unsubscribed', detail: expect.objectContaining({ via: 'mail' }) }),
      ]),
    });

    const [raw] = await db.selectFrom('raw_events').select('body').where('source', '=', 'mail').execute();
    expect(raw?.body.toString()).toContain('unknown user');
  },
);
