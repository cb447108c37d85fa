import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { claimBatch, missingBatchJobs, releaseBatch } from '../../src/delivery/batch-store.ts';
import { finishableSends } from '../../src/delivery/due-store.ts';
import { markHandedOver, readersNow, recordOutcomes, workableRows } from '../../src/delivery/ledger-store.ts';
import { endedSendsWithLeases } from '../../src/delivery/retry-store.ts';
import { finishIfDone } from '../../src/delivery/send-store.ts';
import type { SendId } from '../../src/ids.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeSend } from '../support/press.ts';

/** One connection, so that its statistics can be asked for at once. */
const { url } = await testDatabase();
const { db, close } = openDatabase(url, { maxConnections: 1 });

const READERS = 50_000;
const BATCH = 1000;

async function makeLargeSend(): Promise<SendId> {
  const publication = await makePublication(db);
  await sql`
    insert into subscribers (publication_id, email, address_key, address_hash, status, locale)
    select ${publication}::bigint, n || '@example.com', n || '@example.com', sha256(n::text::bytea), 'active', 'en'
    from generate_series(1, ${READERS}::int) n`.execute(db);
  const send = await makeSend(db, publication, BATCH);
  // all but the last ten batches are done
  await sql`update batches set claimed_at = now(), fence = 1, is_open = false where number <= 40`.execute(db);
  await sql`
    insert into deliveries (send_id, subscriber_id, state, attempts)
    select send_id, unnest(subscriber_ids), 'accepted', 1 from batches where number <= 40`.execute(db);
  return send;
}

/** Works one batch, statement by statement as a worker does. */
async function workOne(send: SendId, number: number): Promise<void> {
  const claim = await claimBatch(db, send, number, 60_000, 0);
  if (!claim) throw new Error('not claimed');
  const rows = await workableRows(db, claim);
  const chunk = rows.slice(0, 100).map(({ id }) => id);
  await readersNow(db, chunk);
  await markHandedOver(db, claim, chunk.slice(0, 20));
  const answer = { stage: 'dot', code: 250, enhanced: null, reply: 'OK', server_id: null, wait_ms: null };
  const outcomes = chunk
    .slice(0, 20)
    .map((id) => ({ ...answer, id, state: 'accepted' as const, provider: 'other' as const }));
  await recordOutcomes(db, claim, outcomes, 1000);
  await releaseBatch(db, claim);
  await finishIfDone(db, send);
}

/** Rows of a table that were read since the database was made. */
async function rowsRead(table: string): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ read: number }>`
    select (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint as read from pg_stat_user_tables
    where relname = ${table}`.execute(db);
  return rows[0]?.read ?? 0;
}

async function readBy(table: string, work: () => Promise<unknown>): Promise<number> {
  const before = await rowsRead(table);
  await work();
  return (await rowsRead(table)) - before;
}

test('what a worker does for a batch reads the rows of that batch, however large the send is', async () => {
  const send = await makeLargeSend();
  // with a ledger that nobody has analyzed yet, and with one of known size
  expect(await readBy('deliveries', () => workOne(send, 41))).toBeLessThan(5 * BATCH);
  await sql`analyze`.execute(db);
  expect(await readBy('deliveries', () => workOne(send, 42))).toBeLessThan(5 * BATCH);
  expect(await readBy('subscribers', () => workOne(send, 43))).toBeLessThan(BATCH);

  const reconcile = async () => {
    expect(await missingBatchJobs(db)).toHaveLength(10);
    expect(await finishableSends(db)).toEqual([]);
    expect(await endedSendsWithLeases(db)).toEqual([]);
  };
  expect(await readBy('deliveries', reconcile)).toBe(0);
  expect(await readBy('batches', reconcile)).toBeLessThan(100);
  await close();
});
