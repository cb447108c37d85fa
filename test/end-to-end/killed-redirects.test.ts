import { afterAll, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import type { LinkId, SendId } from '../../src/ids.ts';
import { createTokens } from '../../src/tokens.ts';
import { type RunningCli, spawnCli } from '../cli/run-cli.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { makePublication, makeReaders, makeSend, TEST_SECRET } from '../support/press.ts';
import { kill } from '../support/production.ts';
import { until } from '../support/until.ts';

const { db, url } = await testDatabase();
const tokens = createTokens([TEST_SECRET]);
const port = await freePort();
const TARGET = 'https://example.com/paper?a=1&b=2#c';
const env = {
  DATABASE_URL: url,
  SMTP_URL: 'catch:',
  APP_SECRET: TEST_SECRET,
  PORT: String(port),
  LOG_LEVEL: 'warn',
};

const publication = await makePublication(db);
await makeReaders(db, publication, 1);
const send = await makeSend(db, publication);
const link = await makeLink(send);
const other = await makeLink(await makeSend(db, publication));
const processes: RunningCli[] = [];
afterAll(async () => {
  for (const one of processes) await kill(one);
});

/** One more link of the send's letter. */
async function makeLink(of: SendId): Promise<LinkId> {
  const { edition_id } = await db
    .selectFrom('send_editions')
    .select('edition_id')
    .where('send_id', '=', of)
    .executeTakeFirstOrThrow();
  const row = { edition_id, number: 1, url: TARGET };
  return (await db.insertInto('links').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

async function startWeb(): Promise<RunningCli> {
  const web = spawnCli(['web'], env);
  processes.push(web);
  await web.saw('listening on');
  return web;
}

/** Where it leads; null where nobody answers. */
async function click(of: LinkId = link): Promise<string | null> {
  const token = tokens.visits.make({ kind: 'click', link: of, send, subscriber: null });
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/c/${token}`, { redirect: 'manual' });
    await answer.arrayBuffer();
    return answer.headers.get('location') ?? String(answer.status);
  } catch {
    return null;
  }
}

async function countVisits(): Promise<number> {
  const { count } = await db
    .selectFrom('visits')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

test('a web process that is killed loses a second of counts and no redirect; one that is stopped loses nothing', {
  timeout: 120_000,
}, async () => {
  const web = await startWeb();
  const answered: number[] = [];
  const end = performance.now() + 3000;
  while (performance.now() < end) {
    expect(await click()).toBe(TARGET);
    answered.push(performance.now());
  }
  await kill(web);
  const killed = performance.now();
  const counted = await countVisits();
  expect(counted).toBeGreaterThanOrEqual(answered.filter((time) => time < killed - 1000).length);
  expect(counted).toBeLessThanOrEqual(answered.length);
  const next = await startWeb();
  for (let n = 0; n < 50; n += 1) expect(await click()).toBe(TARGET);
  next.child.kill('SIGTERM');
  expect((await next.ended).status).toBe(0);
  expect(await countVisits()).toBe(counted + 50);
});

test('while the database is away links that were clicked before lead on, and are counted again when it is back', {
  timeout: 120_000,
}, async () => {
  const web = await startWeb();
  expect(await click()).toBe(TARGET);
  const admin = openDatabase(inject('postgresUrl'), { maxConnections: 1 });
  const name = new URL(url).pathname.slice(1);
  await admin.pool.query(`alter database ${name} with allow_connections false`);
  await admin.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  for (let n = 0; n < 20; n += 1) expect(await click()).toBe(TARGET);
  expect(await click(other)).toBe('500');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await click()).toBe(TARGET);
  await admin.pool.query(`alter database ${name} with allow_connections true`);
  await admin.close();
  const before = await countVisits();
  await until('clicks are counted again', async () => {
    expect(await click()).toBe(TARGET);
    return (await countVisits()) > before;
  });
  expect(await click(other)).toBe(TARGET);
  web.child.kill('SIGTERM');
  const { stderr } = await web.ended;
  expect(stderr).toContain('"event":"visits not counted"');
});
