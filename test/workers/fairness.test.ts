import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { waitForSend } from '../../src/delivery/wait-for-send.ts';
import type { SendId } from '../../src/ids.ts';
import { silentLog } from '../../src/log.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { openQueues } from '../../src/queue/queues.ts';
import { createTokens } from '../../src/tokens.ts';
import { startWorkers } from '../../workers/main.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend, TEST_SECRET, testLimits } from '../support/press.ts';
import { type Sink, startSink } from '../support/sink.ts';
import { until } from '../support/until.ts';

/** Two sends at once share the workers, whichever began first and however large they are. */

const BATCH = 20;
const database = await testDatabase();
const { db } = database;
const closing: (() => Promise<void>)[] = [];
let sink: Sink;
/** How long the server takes for each letter. */
let waitMs = 0;

beforeEach(async () => {
  sink = await startSink({ connections: 2, onTaken: () => sleep(waitMs) });
  waitMs = 0;
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await db.updateTable('sends').set({ state: 'cancelled' }).execute();
  await sink.stop();
});

function work(leaseMs = 2000): void {
  const queues = openQueues({ kind: 'postgres' }, database.url, silentLog);
  const outbound = createOutbound([sink.target], systemClock);
  const shared = {
    db,
    queues,
    outbound,
    clock: systemClock,
    log: silentLog,
    limits: testLimits({ reconcileMs: 50, leaseMs }),
  };
  const letters = {
    tokens: createTokens([TEST_SECRET]),
    bounces: null,
    signer: null,
    publicUrl: 'http://localhost',
  };
  const workers = startWorkers({ ...shared, ...letters });
  closing.push(async () => {
    await workers.close();
    await queues.close();
    await outbound.close();
  });
}

/** A send whose readers are told from others by their domain. */
async function begin(name: string, readers: number, batchSize = BATCH): Promise<SendId> {
  const publication = await makePublication(db);
  const emails = Array.from({ length: readers }, (_, n) => `reader${n}@${name}.example.com`);
  await makeReaders(db, publication, emails);
  return makeSend(db, publication, batchSize);
}

const countOf = (name: string, from = 0, to = Infinity) =>
  sink
    .recipients()
    .slice(from, to)
    .filter((address) => address.endsWith(`@${name}.example.com`)).length;

test('a small send that starts later does not wait for a large one whose jobs fill the queue', async () => {
  await begin('large', 150 * BATCH);
  work();
  await until('the large send runs', () => countOf('large') >= 5 * BATCH);
  const before = sink.taken.length;
  const small = await begin('small', 2 * BATCH);
  const done = await waitForSend(db, small, new AbortController().signal);
  expect(done).toMatchObject({ state: 'finished', accepted: 2 * BATCH });
  const last = sink.recipients().findLastIndex((to) => to.endsWith('@small.example.com'));
  // its two batches, as many of the other's, and what was under way or waiting for a claim when it began
  expect(last - before).toBeLessThan(12 * BATCH);
});

test('a large send that starts later does not hold up one that is half done: each has about half', async () => {
  await begin('early', 60 * BATCH);
  work();
  await until('half of the first is done', () => countOf('early') >= 30 * BATCH);
  await begin('late', 150 * BATCH);
  await until('the second has begun', () => countOf('late') >= BATCH);
  const from = sink.taken.length;
  await until('both have run for a while', () => sink.taken.length >= from + 20 * BATCH);
  const share = countOf('early', from, from + 20 * BATCH) / (20 * BATCH);
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.65);
});

test('with a slow server a batch does not keep another send waiting until it is done', async () => {
  waitMs = 30;
  await begin('slow', 2000, 1000);
  work(900);
  await until('the slow send runs', () => countOf('slow') >= 10);
  await begin('small', 10);
  await until('the small send is done', () => countOf('small') === 10);
  expect(countOf('slow')).toBeLessThan(400);
});
