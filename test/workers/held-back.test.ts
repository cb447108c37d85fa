import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { HOUR_MS, systemClock } from '../../src/clock.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { silentLog } from '../../src/log.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { openQueues } from '../../src/queue/queues.ts';
import { createTokens } from '../../src/tokens.ts';
import { startWorkers } from '../../workers/main.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend, TEST_SECRET, testLimits } from '../support/press.ts';
import { startSink } from '../support/sink.ts';
import { until } from '../support/until.ts';

const database = await testDatabase();
const { db } = database;

test('batches with held back readers come again by themselves, and the others’ readers are not kept waiting', async () => {
  const sink = await startSink();
  const queues = openQueues({ kind: 'postgres' }, database.url, silentLog);
  const outbound = createOutbound([sink.target], systemClock);
  const publication = await makePublication(db);
  const readers = Array.from({ length: 60 }, (_, n) => `reader${n}@${n % 2 ? 'example.com' : 'gmail.com'}`);
  await makeReaders(db, publication, readers);
  await sql`insert into throttles values ('gmail', 5, 1000, now())`.execute(db);
  const send = await makeSend(db, publication, 20);
  const workers = startWorkers({
    db,
    queues,
    outbound,
    tokens: createTokens([TEST_SECRET]),
    bounces: null,
    signer: null,
    clock: systemClock,
    log: silentLog,
    publicUrl: 'http://localhost:3000',
    // it makes the first wake-ups, and none after them
    limits: testLimits({ reconcileMs: HOUR_MS, leaseMs: 30_000 }),
  });
  await until('the send is finished', async () => (await receipt(db, send)).state === 'finished');
  expect(sink.recipients().toSorted()).toEqual(readers.toSorted());
  const others = readers.filter((address) => address.endsWith('@example.com'));
  // Gmail's thirty take six seconds, the others none; four seconds are for a machine that has more to do
  expect(sink.recipients().slice(0, others.length + 20)).toEqual(expect.arrayContaining(others));
  await workers.close();
  await Promise.all([queues.close(), outbound.close(), sink.stop()]);
});
