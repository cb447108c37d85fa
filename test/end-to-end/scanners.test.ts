import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { simpleParser } from 'mailparser';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli, spawnCli } from '../cli/run-cli.ts';
import { bringUp, call } from '../support/bring-up.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { kill } from '../support/production.ts';
import { until } from '../support/until.ts';
import { hrefs, pixelOf } from '../web/counted-letter.ts';
import { openDesk } from '../web/desk-press.ts';
import { openPress } from '../web/press.ts';

const REQUESTS = 10_000;
/** As many at once as a filter of a large company opens. */
const LANES = 20;
const EACH_IS_HEAD = 4;
const FILTER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36';
const PERSON = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const database = await testDatabase();
const { db } = database;
const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-scanners-'));
const port = await freePort();
const base = `http://localhost:${port}`;
const env = {
  DATABASE_URL: database.url,
  SMTP_URL: 'catch:',
  APP_SECRET: randomBytes(32).toString('hex'),
  DATA_DIR: path.join(directory, 'data'),
  PORT: String(port),
  RECONCILE_SECONDS: '1',
  LOG_LEVEL: 'warn',
};
const READERS = ['ada@example.com', 'ben@example.com', 'cleo@example.com'];
await bringUp(env, directory, READERS);
const press = spawnCli(['start'], env);
const agent = new Agent({ keepAlive: true, maxSockets: LANES });
afterAll(async () => {
  agent.destroy();
  await kill(press);
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const figures = z.object({
  people: z.number(),
  human: z.number(),
  scanner: z.number(),
  unknown: z.number(),
  all: z.number(),
});
const statusShape = z.object({ visits: z.object({ opens: figures, clicks: figures }) });

test('ten thousand GETs and HEADs over everything in the mail change no reader, and are shown as a scanner’s', {
  timeout: 240_000,
}, async () => {
  await until('the press answers', () =>
    fetch(`${base}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const send = await mailSample();
  await signUp('dora@example.com');
  const addresses = await addressesInMail();
  const kinds = ['c', 'o', 'unsubscribe', 'preferences', 'confirm', 'issues'];
  expect(kinds.filter((kind) => !addresses.some((address) => kindOf(address) === kind))).toEqual([]);
  await visitAsPerson(await addressesInMail('ben@example.com'));

  const before = await everythingOfReaders();
  const statuses = await visitAll(addresses);
  expect(Object.fromEntries(statuses)).toMatchObject({
    c: [302],
    o: [200],
    unsubscribe: [200],
    confirm: [200],
  });
  const counted = Array.from({ length: REQUESTS }, (_, n) => addresses[n % addresses.length] ?? '').filter(
    isCounted,
  );
  await until('each visit is written', async () => (await countVisits()) === counted.length + 2);
  expect(await everythingOfReaders()).toEqual(before);

  await letTimePass();
  await until('the visits are classified', async () => (await visitsOf(send)).clicks.scanner > 0);
  const { opens, clicks } = await visitsOf(send);
  expect(opens).toMatchObject({ people: 1, human: 1, unknown: 0 });
  expect(clicks).toMatchObject({ people: 1, human: 1, unknown: 0 });
  const hidden = await countVisits('canary link');
  expect(opens.scanner + clicks.scanner + hidden).toBe(counted.length);
  expect(await everythingOfReaders()).toEqual(before);
  await pageShows(send, clicks);
});

/** Ada agreed to be followed: her letter names her, which is what a visit could do most with. */
async function mailSample(): Promise<string> {
  await db.updateTable('publications').set({ tracking: 'individual' }).execute();
  await sql`update subscribers set followed_since = now() where email = 'ada@example.com'`.execute(db);
  await call(['issue', 'import', 'src/demo/sample/issue.md'], env);
  const receipt = await call(['send', '2021-week-7', '--wait'], env);
  const { send, accepted } = z.object({ send: z.string(), accepted: z.number() }).parse(receipt);
  expect(accepted).toBe(READERS.length);
  return send;
}

/** A reader who is asked to confirm, and has not. */
async function signUp(email: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${base}/subscribe`, { method: 'POST', headers, body: JSON.stringify({ email }) });
  await until('the confirm mail is caught', async () => (await caughtMails()) === READERS.length + 1);
}

async function caughtMails(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from caught_mails`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Each address of the press that stands in any part of any mail, or of one reader's. */
async function addressesInMail(reader?: string): Promise<string[]> {
  const mails = await db.selectFrom('caught_mails').select(['raw', 'rcpt_to']).execute();
  const theirs = mails.filter(({ rcpt_to }) => reader === undefined || rcpt_to.includes(reader));
  const found = await Promise.all(
    theirs.map(async ({ raw }) => {
      const { html, text, headerLines } = await simpleParser(raw);
      const page = html || '';
      const parts = [...hrefs(page), pixelOf(page) ?? '', text ?? '', ...headerLines.map(({ line }) => line)];
      return parts.flatMap((part) => part.match(/http:\/\/localhost:\d+\/[^\s<>"',)\]]*/g) ?? []);
    }),
  );
  return [...new Set(found.flat())].filter((address) => address.startsWith(`${base}/`));
}

const kindOf = (address: string) => new URL(address).pathname.split('/')[1] ?? '';
const isCounted = (address: string) => ['c', 'o'].includes(kindOf(address));

/** One whose letter names nobody opens it and follows one link. */
async function visitAsPerson(addresses: readonly string[]): Promise<void> {
  const { rows } = await sql<{ count: number }>`select count(*) from links`.execute(db);
  expect(rows[0]?.count).toBeGreaterThan(10);
  const open = addresses.find((address) => kindOf(address) === 'o') ?? '';
  const click = addresses.find((address) => kindOf(address) === 'c') ?? '';
  for (const address of [open, click]) await visit(address, 'GET', PERSON);
  await until('a person’s visits are written', async () => (await countVisits()) === 2);
}

/** Over all addresses, again and again; answers the statuses by the first word of the path. */
async function visitAll(addresses: readonly string[]): Promise<Map<string, number[]>> {
  const statuses = new Map<string, number[]>();
  let next = 0;
  const lane = async () => {
    while (next < REQUESTS) {
      const n = next;
      next += 1;
      const address = addresses[n % addresses.length] ?? '';
      const round = Math.floor(n / addresses.length);
      const status = await visit(address, round % EACH_IS_HEAD === 0 ? 'HEAD' : 'GET', FILTER);
      const of = statuses.get(kindOf(address)) ?? [];
      if (!of.includes(status)) statuses.set(kindOf(address), [...of, status]);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return statuses;
}

function visit(address: string, method: 'GET' | 'HEAD', userAgent: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { method, agent, headers: { 'user-agent': userAgent } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject).end();
  });
}

async function countVisits(kind?: 'canary link'): Promise<number> {
  const visits = db.selectFrom('visits').select(({ fn }) => fn.countAll<number>().as('count'));
  const { count } = await (kind ? visits.where('kind', '=', kind) : visits).executeTakeFirstOrThrow();
  return count;
}

/** Every row that says something of a reader. */
async function everythingOfReaders(): Promise<unknown> {
  const tables = [
    ...['subscribers', 'consents', 'subscriber_events', 'suppressions', 'deliveries', 'notices'],
    ...['outcome_events', 'raw_events', 'feedback_events'],
  ];
  const rows = tables.map(async (table) => [
    table,
    (await sql<{ row: unknown }>`select to_jsonb(t) as row from ${sql.table(table)} t order by 1`.execute(db))
      .rows,
  ]);
  return Promise.all(rows);
}

/** The visits are moved back, rather than a minute waited for. */
async function letTimePass(): Promise<void> {
  await sql`update visits set at = at - interval '2 minutes'`.execute(db);
}

async function visitsOf(send: string) {
  const { json, stderr, status } = await runCli(['send', 'status', send, '--json'], env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return statusShape.parse(json()).visits;
}

async function pageShows(send: string, clicks: z.infer<typeof figures>): Promise<void> {
  const inProcess = await openPress(database);
  const desk = await openDesk(inProcess);
  const { body } = await desk.get(`/desk/p/weekly/sends/${send}`);
  const count = (value: number) => new Intl.NumberFormat('en').format(value);
  expect(body).toContain('followed the hidden link');
  expect(body.replace(/\s+/g, ' ')).toContain(
    `<th scope="row">Clicked</th><td class="number strong">1</td><td class="number">1</td><td class="number quiet">${count(clicks.all)}</td>`,
  );
}
