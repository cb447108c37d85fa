import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { claimBatch, missingBatchJobs } from '../../src/delivery/batch-store.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import { markHandedOver, workableRows } from '../../src/delivery/ledger-store.ts';
import { markAbandoned } from '../../src/delivery/retry-store.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend, marksOf } from '../support/press.ts';
import { startSink } from '../support/sink.ts';
import { openPress } from './press.ts';

const TOKEN = 'a-token-for-a-prometheus';
const database = await testDatabase();
const { db } = database;
const { app } = await openPress(database, { metricsToken: TOKEN, publicUrl: 'https://letters.example.com' });
const ownMachine = await openPress(database);
const sink = await startSink();
afterAll(() => sink.stop());
const publication = await makePublication(db, 'weekly');

const scrape = (authorization = `Bearer ${TOKEN}`) =>
  app.inject({ url: '/metrics', headers: { authorization } });

/** The value of one line, by the metric's name and labels in the order they are declared. */
async function metric(line: string): Promise<number | undefined> {
  const found = (await scrape()).body.split('\n').find((text) => text.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length));
}
const outcomes = (provider: string, outcome: string) =>
  metric(`pressrun_deliveries_total{publication="weekly",provider="${provider}",outcome="${outcome}"}`);

test('whoever shows no token, or another, is told that there is no such page', async () => {
  expect((await scrape()).statusCode).toBe(200);
  expect((await app.inject({ url: '/metrics' })).statusCode).toBe(404);
  for (const wrong of ['Bearer another token', 'Bearer ', `Basic ${TOKEN}`, TOKEN])
    expect((await scrape(wrong)).statusCode, wrong).toBe(404);
  const through = { 'x-forwarded-for': '192.0.2.1' };
  expect((await ownMachine.app.inject({ url: '/metrics', headers: through })).statusCode).toBe(404);
});

test('on a machine of one’s own the page is open', async () => {
  const page = await ownMachine.app.inject({ url: '/metrics' });
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toContain('text/plain; version=0.0.4');
});

test('outcomes are counted by provider, once each, and flushes by size', async () => {
  const readers = ['ada@gmail.com', 'ben@gmail.com', 'nouser@gmx.de', 'later@yahoo.com', 'spam@example.com'];
  await makeReaders(db, publication, readers);
  await makeSend(db, publication);
  expect(await metric('pressrun_open_batches{publication="weekly"}')).toBe(1);
  expect(await metric('pressrun_queued_readers{publication="weekly"}')).toBe(5);
  expect(await metric('pressrun_queue_age_seconds{work="batch"}')).toBeGreaterThan(0);
  for (const { send, batch } of await missingBatchJobs(db))
    await workBatch(batchDeps(db, [sink.target]), send, batch);

  expect(await outcomes('gmail', 'accepted')).toBe(2);
  expect(await outcomes('gmx', 'rejected')).toBe(1);
  expect(await outcomes('yahoo', 'deferred')).toBe(1);
  expect(await outcomes('other', 'rejected')).toBe(1);
  expect(await outcomes('outlook', 'accepted')).toBeUndefined();
  expect(await metric('pressrun_flush_size_sum')).toBe(5);
  const flushes = await metric('pressrun_flush_size_count');
  expect(flushes).toBeGreaterThan(0);
  expect(await metric('pressrun_flush_size_bucket{le="100"}')).toBe(flushes);
  expect(await metric('pressrun_sends{publication="weekly",state="sending"}')).toBe(1);
  expect(await metric('pressrun_queue_age_seconds{work="batch"}')).toBe(0);
  expect(await metric('pressrun_oldest_pending_seconds{kind="delivery"}')).toBeGreaterThan(0);
});

test('a worker that dies is seen: its lease ran out, and what it had marked is unknown', async () => {
  const other = await makePublication(db, 'daily');
  await makeReaders(db, other, ['ada@icloud.com', 'ben@icloud.com']);
  const send = await makeSend(db, other);
  const claim = await claimBatch(db, send, 1, 1, 0);
  expect(await metric('pressrun_lease_expiries_total{publication="daily"}')).toBe(0);
  if (!claim) throw new Error('not claimed');
  await sql`update batches set lease_until = now() + interval '1 minute' where send_id = ${send}`.execute(db);
  const [first] = await workableRows(db, claim);
  if (!first) throw new Error('no row');
  expect(await markHandedOver(db, marksOf(claim, [first.id]))).toEqual([true]);
  await sql`update batches set lease_until = now() - interval '1 minute' where send_id = ${send}`.execute(db);
  const next = await claimBatch(db, send, 1, 60_000, 0);
  if (!next) throw new Error('not claimed again');
  expect(await metric('pressrun_lease_expiries_total{publication="daily"}')).toBe(1);
  const unknown = 'pressrun_deliveries_total{publication="daily",provider="icloud",outcome="unknown"}';
  expect(await metric(unknown)).toBe(1);

  // in a cancelled send no claim comes any more to notice
  expect(await markHandedOver(db, marksOf(next, [first.id]))).toEqual([true]);
  await cancelSend(db, send);
  await sql`update batches set lease_until = now() - interval '1 minute' where send_id = ${send}`.execute(db);
  await markAbandoned(db, send);
  expect(await metric('pressrun_lease_expiries_total{publication="daily"}')).toBe(2);
  expect(await metric(unknown)).toBe(2);
});

test('a provider that is sent less is seen with its limit as it has grown since, and no more when it is over', async () => {
  const halved = (provider: string, secondsAgo: number) =>
    sql`insert into throttles values (${provider}, 8, 100, now() - ${secondsAgo} * interval '1 second')`.execute(
      db,
    );
  await halved('gmail', 0);
  await halved('yahoo', 35);
  await halved('gmx', 3600);
  expect(await metric('pressrun_provider_limit{provider="gmail"}')).toBe(8);
  expect(await metric('pressrun_provider_limit{provider="yahoo"}')).toBe(10);
  expect(await metric('pressrun_provider_limit{provider="gmx"}')).toBeUndefined();
});

test('the dashboard draws every metric that there is, and none that there is not', async () => {
  const names = (text: string, pattern: RegExp) =>
    new Set([...text.matchAll(pattern)].map(([, name = '']) => name.replace(/_(bucket|sum|count)$/, '')));
  const exported = names((await scrape()).body, /^# TYPE (\S+)/gm);
  const drawn = names(readFileSync('src/web/metrics-dashboard.json', 'utf8'), /\b(pressrun_\w+)/g);
  expect(exported.size).toBeGreaterThan(5);
  expect([...drawn].toSorted()).toEqual([...exported].toSorted());
});

test('what waits in the inbox is seen', async () => {
  expect(await metric('pressrun_queue_age_seconds{work="inbox"}')).toBe(0);
  const received_at = new Date(Date.now() - 60_000);
  const row = { source: 'generic', external_id: 'waiting', body: Buffer.from('{}'), received_at };
  await db.insertInto('raw_events').values(row).execute();
  expect(await metric('pressrun_queue_age_seconds{work="inbox"}')).toBeGreaterThan(59);
});
