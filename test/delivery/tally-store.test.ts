import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import {
  type ClaimedBatch,
  claimBatch,
  missingBatchJobs,
  releaseBatch,
} from '../../src/delivery/batch-store.ts';
import { cancelSend, pauseSend, resumeSend } from '../../src/delivery/control-send.ts';
import {
  markHandedOver,
  type Outcome,
  recordOutcomes,
  recordUnmailable,
} from '../../src/delivery/ledger-store.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { retrySend, settleSend } from '../../src/delivery/retry-send.ts';
import { markAbandoned } from '../../src/delivery/retry-store.ts';
import { tallyOf } from '../../src/delivery/tally-store.ts';
import type { SendId } from '../../src/ids.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend, marksOf, testLimits } from '../support/press.ts';

const { db } = await testDatabase();
const deps = { db, clock: systemClock, limits: testLimits({ batchSize: 20 }) };
const chance = (of: number) => Math.random() < of;
const oneOf = <Value>(...values: readonly [Value, ...Value[]]): Value =>
  values[Math.floor(Math.random() * values.length)] ?? values[0];

/** The kept counts and a count of the ledger, at one instant. */
async function bothCounts(send: SendId) {
  const snapshot = db.transaction().setIsolationLevel('repeatable read');
  return snapshot.execute(async (tx) => {
    const { rows } = await sql<{ state: string; count: number }>`
      select state, count(*) from deliveries
      where send_id = ${send} and state not in ('queued', 'handed over') group by state`.execute(tx);
    return {
      kept: await tallyOf(tx, send),
      true: Object.fromEntries(rows.map(({ state, count }) => [state, count])),
    };
  });
}

const NONE = { accepted: 0, rejected: 0, deferred: 0, suppressed: 0, left: 0, unknown: 0 };

/** Works a batch as a worker does, with any outcomes, and may die at any step: then it is never let go. */
async function workSomehow(claim: ClaimedBatch): Promise<void> {
  const ids = claim.subscriber_ids.filter(() => chance(0.8));
  await recordUnmailable(db, claim, oneOf('left', 'suppressed'), ids.splice(0, 2));
  const marks = marksOf(claim, ids);
  const marked = await markHandedOver(db, marks);
  if (chance(0.15)) return;
  const answer = {
    stage: 'dot',
    code: 250,
    enhanced: null,
    reply: 'x',
    server_id: null,
    provider: 'other',
  } as const;
  const outcomes = marks
    .filter((_, place) => marked[place] && chance(0.9))
    .map((mark) => ({
      ...answer,
      ...mark,
      state: oneOf<Outcome['state']>('accepted', 'rejected', 'deferred', 'unknown'),
      wait_ms: 0,
    }));
  if (outcomes.length > 0) await recordOutcomes(db, outcomes, 60_000);
  if (chance(0.15)) return;
  await releaseBatch(db, claim);
}

async function work(over: () => boolean): Promise<void> {
  while (!over()) {
    const jobs = await missingBatchJobs(db);
    const job = jobs[Math.floor(Math.random() * jobs.length)];
    const claim = job && (await claimBatch(db, job.send, job.batch, oneOf(5, 1000), 0));
    if (claim) await workSomehow(claim);
    else await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** An editor who cannot leave it alone; what is not allowed in a state is refused, and that is fine. */
async function meddle(send: SendId, over: () => boolean): Promise<void> {
  while (!over()) {
    await oneOf<() => Promise<unknown>>(
      () => pauseSend(db, send).then(() => resumeSend(db, send, systemClock)),
      () => settleSend(deps, send, 'resend'),
      () => settleSend(deps, send, 'accepted'),
      () => settleSend(deps, send, 'rejected'),
    )().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('the kept counts are those of the ledger at any instant, whatever workers and editors do', async () => {
  const publication = await makePublication(db);
  await db.updateTable('publications').set({ breaker: false }).where('id', '=', publication).execute();
  await makeReaders(db, publication, 600);
  const send = await makeSend(db, publication, 20);
  let isOver = false;
  const over = () => isOver;
  const all = [work(over), work(over), work(over), meddle(send, over)];
  for (let look = 0; look < 150; look += 1) {
    const counts = await bothCounts(send);
    expect(counts.kept).toEqual({ ...NONE, ...counts.true });
    if (look === 120) await cancelSend(db, send).catch(() => {});
  }
  isOver = true;
  await Promise.all(all);

  await sql`update batches set lease_until = now() - interval '1 s' where lease_until is not null`.execute(
    db,
  );
  await markAbandoned(db, send);
  const child = await retrySend(deps, send, true).catch(() => null);
  for (const id of [send, ...(child ? [child.id] : [])]) {
    const counts = await bothCounts(id);
    expect(counts.kept).toEqual({ ...NONE, ...counts.true });
    const { audience, queued } = await receipt(db, id);
    expect(Object.values(counts.kept).reduce((sum, count) => sum + count, queued)).toBe(audience);
  }
});

test('a worker who wakes up after a retry of the cancelled send still says what it sent', async () => {
  const publication = await makePublication(db);
  await makeReaders(db, publication, ['ada@example.com', 'ben@example.com']);
  const send = await makeSend(db, publication);
  const claim = await claimBatch(db, send, 1, 60_000, 0);
  if (!claim) throw new Error('not claimed');
  const [ada, ben] = marksOf(claim);
  if (!ada || !ben) throw new Error('no readers');
  expect(await markHandedOver(db, [ada])).toEqual([true]);
  await cancelSend(db, send);
  expect((await retrySend(deps, send, false)).audience_size).toBe(1);
  expect(await markHandedOver(db, [ben])).toEqual([false]);

  const answer = {
    stage: 'dot',
    code: 250,
    enhanced: null,
    reply: 'x',
    server_id: null,
    provider: 'other',
  } as const;
  await recordOutcomes(db, [{ ...answer, ...ada, state: 'accepted', wait_ms: null }], 60_000);
  await releaseBatch(db, claim);
  expect(await receipt(db, send)).toMatchObject({ audience: 2, accepted: 1, queued: 1 });
});
