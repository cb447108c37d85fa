import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import { claimBatch, releaseBatch } from '../../src/delivery/batch-store.ts';
import { condenseOldSends } from '../../src/delivery/condense-sends.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import { markHandedOver, type Outcome, recordOutcomes } from '../../src/delivery/ledger-store.ts';
import { takeOutcomeEvent } from '../../src/delivery/outcome-event-store.ts';
import { type Receipt, receipt } from '../../src/delivery/receipt.ts';
import { retrySend, settleSend } from '../../src/delivery/retry-send.ts';
import { finishIfDone } from '../../src/delivery/send-store.ts';
import type { OutcomeEventId, PublicationId, SendId } from '../../src/ids.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend, marksOf, testLimits } from '../support/press.ts';

const { db, url } = await testDatabase();
const deps = { db, clock: systemClock, limits: testLimits() };
/** The press, 400 days and an hour from now. */
const later = { now: () => new Date(systemClock.now().getTime() + 400 * DAY_MS + 3_600_000) };
const condense = () => condenseOldSends({ ...deps, clock: later });

let publication: PublicationId;
beforeEach(async () => {
  publication = await makePublication(db);
  await db
    .updateTable('publications')
    .set({ unknown_policy: 'hold' })
    .where('id', '=', publication)
    .execute();
});

const OUTCOMES: readonly Outcome['state'][] = ['accepted', 'accepted', 'rejected', 'unknown'];

/** A send that is over: two accepted, one rejected, one unknown. */
async function makeOldSend(): Promise<SendId> {
  await makeReaders(db, publication, OUTCOMES.length);
  const send = await makeSend(db, publication);
  const claim = await claimBatch(db, send, 1, 60_000, 0);
  if (!claim) throw new Error('not claimed');
  const marks = marksOf(claim);
  await markHandedOver(db, marks);
  const answer = {
    stage: 'dot',
    code: 250,
    enhanced: null,
    reply: 'x',
    server_id: null,
    wait_ms: 0,
  } as const;
  const ended = marks.flatMap((mark, place) => {
    const state = OUTCOMES[place];
    return state ? [{ ...answer, ...mark, state, provider: 'other' as const }] : [];
  });
  await recordOutcomes(db, ended, 60_000);
  await releaseBatch(db, claim);
  await finishIfDone(db, send);
  return send;
}

async function processEvents(): Promise<void> {
  const { rows } = await sql<{ id: OutcomeEventId }>`select id from outcome_events`.execute(db);
  for (const { id } of rows) await db.transaction().execute((tx) => takeOutcomeEvent(tx, id));
}

/** How many rows of what is only needed while a send may be retried are there. */
async function details(send: SendId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from deliveries where send_id = ${send})
      + (select count(*) from outcome_events where send_id = ${send})
      + (select coalesce(sum(cardinality(subscriber_ids)), 0) from batches where send_id = ${send}) as count`.execute(
    db,
  );
  return Number(rows[0]?.count);
}

test('a send that was over for the retention keeps its receipt, and who got what is gone', async () => {
  const send = await makeOldSend();
  await processEvents();
  const before: Receipt = await receipt(db, send);
  expect(before).toMatchObject({ state: 'finished', audience: 4, accepted: 2, rejected: 1, unknown: 1 });
  expect(await condenseOldSends(deps)).toBe(0);
  expect(await condense()).toBe(1);
  expect(await receipt(db, send)).toEqual(before);
  expect(await details(send)).toBe(0);
  expect(await condense()).toBe(0);
});

test('what is condensed can be neither retried nor settled, and says so', async () => {
  const send = await makeOldSend();
  await processEvents();
  await condense();
  await expect(retrySend(deps, send, true)).rejects.toMatchObject({ code: 'condensed' });
  await expect(settleSend(deps, send, 'accepted')).rejects.toMatchObject({ code: 'condensed' });
});

test('a cancelled send whose worker died is counted once more, and then condensed', async () => {
  await makeReaders(db, publication, 3);
  const send = await makeSend(db, publication);
  const claim = await claimBatch(db, send, 1, 60_000, 0);
  if (!claim) throw new Error('not claimed');
  await markHandedOver(db, marksOf(claim).slice(0, 1));
  await cancelSend(db, send);
  await sql`update batches set lease_until = now() - interval '1 day' where send_id = ${send}`.execute(db);
  expect(await condense()).toBe(1);
  expect(await receipt(db, send)).toMatchObject({ state: 'cancelled', audience: 3, queued: 2, unknown: 1 });
});

test('nothing is condensed that feedback has still to read', async () => {
  const send = await makeOldSend();
  expect(await condense()).toBe(0);
  await processEvents();
  expect(await condense()).toBe(1);
  expect(await details(send)).toBe(0);
});

test('a retention of 0 days keeps everything', async () => {
  await makeOldSend();
  await processEvents();
  const limits = { ...deps.limits, retentionMs: null };
  expect(await condenseOldSends({ db, clock: later, limits })).toBe(0);
  await condense();
});

test('a backup that reads the ledger is not waited for, and the next time it is done', async () => {
  const send = await makeOldSend();
  await processEvents();
  const before = await receipt(db, send);
  const backup = openDatabase(url, { maxConnections: 1 });
  await backup.db.transaction().execute(async (tx) => {
    await sql`lock table deliveries in access share mode`.execute(tx);
    await expect(condense()).rejects.toMatchObject({ code: '55P03' });
  });
  await backup.close();
  expect(await receipt(db, send)).toEqual(before);
  expect(await condense()).toBe(1);
  expect(await receipt(db, send)).toEqual(before);
});
