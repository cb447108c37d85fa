import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, systemClock } from '../../src/clock.ts';
import { silentLog } from '../../src/log.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { openQueues } from '../../src/queue/queues.ts';
import { forgetUnconfirmed } from '../../src/subscribers/forget-unconfirmed.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { findReader, lockSubscriber } from '../../src/subscribers/subscriber-store.ts';
import { createTokens } from '../../src/tokens.ts';
import { startReconciler } from '../../workers/reconciler.ts';
import { testDatabase } from '../support/database.ts';
import { TEST_SECRET, testLimits } from '../support/press.ts';
import { emptyReaders, later, makePublication, NOW, openReaders } from './readers.ts';

const database = await testDatabase();
const { db } = database;
const publication = await makePublication(db, 'weekly');
const readers = await openReaders(db, publication);
const ADA = 'ada@example.com';

beforeEach(async () => {
  await emptyReaders(db);
  readers.asked.length = 0;
});

async function countOf(table: 'consents' | 'subscriber_events' | 'suppressions'): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(db);
  return rows[0]?.count ?? 0;
}

test('who does not confirm within 30 days is forgotten, with all that was kept of them', async () => {
  await readers.asks(ADA);
  expect(await forgetUnconfirmed(db, later(30 * DAY_MS))).toBe(0);
  expect(await readers.status(ADA)).toBe('pending');
  expect(await forgetUnconfirmed(db, later(30 * DAY_MS + 1))).toBe(1);
  expect(await readers.status(ADA)).toBeUndefined();
  expect(await countOf('consents')).toBe(0);
  expect(await countOf('subscriber_events')).toBe(0);
  expect(await countOf('suppressions')).toBe(0);
});

test('who signs up again is given the 30 days anew', async () => {
  await readers.asks(ADA);
  await readers.asks(ADA, later(20 * DAY_MS));
  expect(await forgetUnconfirmed(db, later(49 * DAY_MS))).toBe(0);
  expect(await forgetUnconfirmed(db, later(51 * DAY_MS))).toBe(1);
});

test('who confirmed, who left, and who was imported and never asked stay', async () => {
  await readers.active(ADA);
  const bob = await readers.active('bob@example.com');
  await unsubscribe(db, bob, { via: 'page', now: NOW });
  await sql`
    insert into subscribers (publication_id, email, address_key, address_hash, status, locale)
    values (${publication.id}, 'imported@example.com', 'imported@example.com', 'x', 'pending', 'en')`.execute(
    db,
  );
  expect(await forgetUnconfirmed(db, later(400 * DAY_MS))).toBe(0);
});

test('who is just signing up again is not forgotten under way', async () => {
  await readers.asks(ADA);
  const reader = await findReader(db, publication.id, ADA);
  if (!reader) throw new Error('no reader');
  await db.transaction().execute(async (tx) => {
    await lockSubscriber(tx, reader.id);
    expect(await forgetUnconfirmed(db, later(31 * DAY_MS))).toBe(0);
  });
});

test('the reconciler does it by itself', async () => {
  await readers.asks(ADA);
  const queues = openQueues({ kind: 'postgres' }, database.url, silentLog);
  const reconciler = startReconciler({
    db,
    queues,
    outbound: createOutbound([], systemClock),
    tokens: createTokens([TEST_SECRET]),
    bounces: null,
    signer: null,
    clock: { now: () => later(31 * DAY_MS) },
    log: silentLog,
    publicUrl: 'http://localhost:3000',
    limits: testLimits(),
  });
  await expect.poll(() => readers.status(ADA)).toBeUndefined();
  await reconciler.close();
  await queues.close();
});
