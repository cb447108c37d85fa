import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import {
  type ClaimedBatch,
  claimBatch,
  missingBatchJobs,
  releaseBatch,
} from '../../src/delivery/batch-store.ts';
import { finishableSends } from '../../src/delivery/due-store.ts';
import { markHandedOver, readersNow, recordOutcomes, workableRows } from '../../src/delivery/ledger-store.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { endedSendsWithLeases } from '../../src/delivery/retry-store.ts';
import { finishIfDone, setAudienceSize } from '../../src/delivery/send-store.ts';
import { nextTurn } from '../../src/delivery/turn-store.ts';
import type { SendId } from '../../src/ids.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend, marksOf } from '../support/press.ts';

/** One connection, so that its statistics can be asked for at once. */
const { url } = await testDatabase();
const { db, close } = openDatabase(url, { maxConnections: 1 });

const READERS = 1_000_000;
const BATCH = 1000;
const BATCHES = READERS / BATCH;
/** All but the last ten batches are done, and ten thousand readers are on the list. */
const DONE = BATCHES - 10;

async function makeLargeSend(): Promise<SendId> {
  const publication = await makePublication(db);
  await sql`
    insert into subscribers (publication_id, email, address_key, address_hash, status, locale)
    select ${publication}::bigint, n || '@example.com', n || '@example.com', sha256(n::text::bytea), 'active', 'en'
    from generate_series(1, ${READERS - DONE * BATCH}::int) n`.execute(db);
  const send = await makeSend(db, publication, BATCH);
  await sql`update batches set number = number + ${DONE}::int where send_id = ${send}`.execute(db);
  await sql`
    insert into batches (send_id, number, subscriber_ids, size, due_at, claimed_at, fence, is_open, accepted_count)
    select ${send}::bigint, n, array(select ${READERS}::bigint + n * ${BATCH}::int + i from generate_series(1, ${BATCH}::int) i),
      ${BATCH}::int, now(), now(), 1, false, ${BATCH}::int
    from generate_series(1, ${DONE}::int) n`.execute(db);
  await sql`
    insert into deliveries (send_id, subscriber_id, state, attempts)
    select send_id, unnest(subscriber_ids), 'accepted', 1 from batches where number <= ${DONE}`.execute(db);
  await db.transaction().execute((tx) => setAudienceSize(tx, send, READERS));
  return send;
}

const ACCEPTED = {
  state: 'accepted',
  stage: 'dot',
  code: 250,
  enhanced: null,
  reply: 'OK',
  server_id: null,
  wait_ms: null,
  provider: 'other',
} as const;

/** Works one batch, statement by statement as a worker does. */
async function workOne(send: SendId, number: number): Promise<void> {
  const claim = await claimBatch(db, send, number, 60_000, 0);
  if (!claim) throw new Error('not claimed');
  const rows = await workableRows(db, claim);
  const chunk = rows.slice(0, 100).map(({ id }) => id);
  await readersNow(db, chunk);
  await markHandedOver(db, marksOf(claim, chunk.slice(0, 20)));
  const outcomes = chunk.slice(0, 20).map((id) => ({ ...ACCEPTED, claim, id }));
  await recordOutcomes(db, outcomes, 1000);
  await releaseBatch(db, claim);
  await finishIfDone(db, send);
}

/** Rows of a table, or of all parts of one, that were read since the database was made. */
async function rowsRead(table: string): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ read: number }>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint as read from pg_stat_user_tables
    where relname like ${`${table}%`}`.execute(db);
  return rows[0]?.read ?? 0;
}

async function readBy(table: string, work: () => Promise<unknown>): Promise<number> {
  const before = await rowsRead(table);
  await work();
  return (await rowsRead(table)) - before;
}

let send: SendId;
beforeAll(async () => {
  send = await makeLargeSend();
}, 120_000);
afterAll(() => close());

test('what a worker does for a batch reads the rows of that batch, however large the send is', async () => {
  // with a ledger that nobody has analyzed yet, and with one of known size
  expect(await readBy('deliveries', () => workOne(send, DONE + 1))).toBeLessThan(5 * BATCH);
  await sql`analyze`.execute(db);
  expect(await readBy('deliveries', () => workOne(send, DONE + 2))).toBeLessThan(5 * BATCH);
  expect(await readBy('subscribers', () => workOne(send, DONE + 3))).toBeLessThan(BATCH);
});

test('a flush reads the rows that it writes, be they one or five hundred', async () => {
  const claim = await claimBatch(db, send, DONE + 4, 60_000, 0);
  const other = await claimBatch(db, send, DONE + 5, 60_000, 0);
  if (!claim || !other) throw new Error('not claimed');
  let start = 0;
  for (const size of [1, 50, 250]) {
    const of = (one: ClaimedBatch) => marksOf(one, one.subscriber_ids.slice(start, start + size));
    const marks = [...of(claim), ...of(other)];
    start += size;
    expect(await readBy('deliveries', () => markHandedOver(db, marks))).toBeLessThanOrEqual(4 * size + 4);
    const outcomes = marks.map((mark) => ({ ...ACCEPTED, ...mark }));
    expect(await readBy('deliveries', () => recordOutcomes(db, outcomes, 1000))).toBeLessThanOrEqual(
      4 * size + 4,
    );
  }
  await releaseBatch(db, claim);
  await releaseBatch(db, other);
});

test('a receipt reads the batches, and of the ledger only what is being worked', async () => {
  expect(await readBy('deliveries', () => receipt(db, send))).toBe(0);
  const claim = await claimBatch(db, send, DONE + 6, 60_000, 0);
  expect(await readBy('deliveries', () => receipt(db, send))).toBeLessThan(2 * BATCH);
  if (claim) await releaseBatch(db, claim);
});

test('the reconciler, and whose turn it is, do not read what is done', async () => {
  const reconcile = async () => {
    expect(await missingBatchJobs(db)).toHaveLength(10);
    expect(await nextTurn(db)).toMatchObject({ send });
    expect(await finishableSends(db)).toEqual([]);
    expect(await endedSendsWithLeases(db)).toEqual([]);
  };
  expect(await readBy('deliveries', reconcile)).toBe(0);
  expect(await readBy('batches', reconcile)).toBeLessThan(100);
});

/** Flushes marks and outcomes for some of a batch's readers; answers how many rows of the ledger that read. */
function flush(claim: ClaimedBatch, from: number, size: number): Promise<number> {
  const marks = marksOf(claim, claim.subscriber_ids.slice(from, from + size));
  return readBy('deliveries', async () => {
    expect(await markHandedOver(db, marks)).toEqual(marks.map(() => true));
    await recordOutcomes(
      db,
      marks.map((mark) => ({ ...ACCEPTED, ...mark })),
      1000,
    );
  });
}

test('a plan that was kept from when the ledger was small reads no more when it is large', async () => {
  const publication = await makePublication(db);
  await makeReaders(db, publication, 300);
  const young = await makeSend(db, publication, 300);
  const claim = await claimBatch(db, young, 1, 60_000, 0);
  if (!claim) throw new Error('not claimed');
  for (let from = 0; from < 100; from += 10) await flush(claim, from, 10);
  const { rows } = await sql<{ kept: number }>`
    select min(generic_plans) as kept from pg_prepared_statements where name like ${`% of s${young}`}`.execute(
    db,
  );
  expect(Number(rows[0]?.kept)).toBeGreaterThan(0);

  await sql`
    insert into deliveries (send_id, subscriber_id, state)
    select ${young}::bigint, 10000000 + i, 'accepted' from generate_series(1, 100000) i`.execute(db);
  expect(await flush(claim, 100, 100)).toBeLessThanOrEqual(4 * 100);
});
