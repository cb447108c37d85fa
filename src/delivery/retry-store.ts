import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SendId, SubscriberId } from '../ids.ts';
import { ledgerOf } from './partition-store.ts';
import { lockSend, type Send } from './send-store.ts';
import { keepTallies } from './tally-store.ts';
import { countLeaseExpiries, countUnknown } from './work-count-store.ts';

/**
 * A cancelled send takes no mark any more, and no claim. A mark that began before the cancellation sees a send that is
 * still sending: it holds its batch, and is waited for here; or it comes later, and finds its batch closed.
 */
export async function withdrawBatches(tx: Tx, id: SendId): Promise<void> {
  await takeBatches(tx, id, sql`true`);
  await sql`update batches set is_open = false where send_id = ${id}`.execute(tx);
}

interface TakenBatch {
  readonly number: number;
  readonly is_counted: boolean;
}

/** Holds batches to the end of the transaction: until then no claim, no mark and no outcome touches their rows. */
async function takeBatches(tx: Tx, id: SendId, which: RawBuilder<unknown>): Promise<TakenBatch[]> {
  const { rows } = await sql<TakenBatch>`
    select number, is_counted from batches where send_id = ${id} and ${which}
    order by number for no key update`.execute(tx);
  return rows;
}

const numbersOf = (batches: readonly TakenBatch[]) => batches.map(({ number }) => number);

/** The row `d` is of one of these batches. */
function isOf(id: SendId, batches: readonly TakenBatch[]): RawBuilder<unknown> {
  return sql`d.subscriber_id in (
      select unnest(subscriber_ids) from batches where send_id = ${id} and number = any(${numbersOf(batches)}::int[]))`;
}

/**
 * Takes for a child send the parent's readers who did not get it: the rejected; of a cancelled parent also
 * those never claimed, queued or deferred; the unknown if asked. All only if still active and not suppressed.
 * The key of `retries` lets a delivery be taken by one child at most.
 */
export async function takeForRetry(
  tx: Tx,
  parent: Send,
  child: SendId,
  includeUnknown: boolean,
): Promise<number> {
  const states = [
    'rejected',
    ...(parent.state === 'cancelled' ? ['queued', 'deferred'] : []),
    ...(includeUnknown ? ['unknown'] : []),
  ];
  const unclaimed = parent.state === 'cancelled';
  const result = await sql`
    insert into retries (parent_id, subscriber_id, child_id)
    select ${parent.id}::bigint, c.id, ${child}::bigint
    from (
      select d.subscriber_id as id from ${ledgerOf(parent.id)} d where d.state = any(${states}::text[])
      union all
      select unnest(b.subscriber_ids) from batches b
      where b.send_id = ${parent.id} and b.claimed_at is null and ${unclaimed}::boolean
    ) c
    join subscribers s on s.id = c.id and s.status = 'active'
    where not exists (select from suppressions x where x.address_hash = s.address_hash)
    on conflict do nothing`.execute(tx);
  return Number(result.numAffectedRows ?? 0n);
}

/**
 * What a worker of a cancelled send had marked and never recorded is unknown, once its lease is over; no
 * claim comes any more to say so.
 */
export async function markAbandoned(db: Db, id: SendId): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { state, condensed_at } = await lockSend(tx, id);
    if (state !== 'cancelled' || condensed_at !== null) return;
    const over = sql`claimed_at is not null and (lease_until is null or lease_until < now())`;
    const batches = await takeBatches(tx, id, over);
    if (batches.length === 0) return;
    const marked = await sql<{ id: SubscriberId }>`
      update ${ledgerOf(id)} d set state = 'unknown', due_at = null, updated_at = now()
      where d.state = 'handed over' and ${isOf(id, batches)} returning d.subscriber_id as id`.execute(tx);
    if (marked.rows.length > 0) await keepAgain(tx, id, batches);
    await countLeaseExpiries(tx, id, await endLeases(tx, id, batches));
    await countUnknown(
      tx,
      id,
      marked.rows.map((row) => row.id),
    );
  });
}

async function endLeases(tx: Tx, id: SendId, batches: readonly TakenBatch[]): Promise<number> {
  const ended = await sql`
    update batches set lease_until = null
    where send_id = ${id} and number = any(${numbersOf(batches)}::int[]) and lease_until is not null`.execute(
    tx,
  );
  return Number(ended.numAffectedRows ?? 0n);
}

/** The counts of batches whose rows an editor changed. Whoever works one counts it himself when he lets it go. */
function keepAgain(tx: Tx, id: SendId, batches: readonly TakenBatch[]): Promise<void> {
  return keepTallies(tx, id, numbersOf(batches.filter(({ is_counted }) => is_counted)));
}

/** Cancelled sends in which a worker died with a lease, and perhaps with marks. */
export async function endedSendsWithLeases(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ id: SendId }>`
    select distinct s.id from sends s join batches b on b.send_id = s.id
    where s.state = 'cancelled' and not b.is_counted and b.lease_until < now()`.execute(db);
  return rows.map(({ id }) => id);
}

/** A final verdict on deliveries that are unknown, which may close their batches. */
export function settleAs(tx: Tx, id: SendId, state: 'accepted' | 'rejected'): Promise<number> {
  return settle(tx, id, sql`state = ${state}, due_at = null`);
}

/** Due at once, once more; their batches are open again. */
export function settleResend(tx: Tx, id: SendId): Promise<number> {
  return settle(tx, id, sql`due_at = now()`);
}

/** Of the readers of whom something came back: their mail server had the letter. */
export function settleAccepted(tx: Tx, id: SendId, readers: readonly SubscriberId[]): Promise<number> {
  return settle(tx, id, sql`state = 'accepted', due_at = null`, readers);
}

/** Changes the unknown deliveries that no child has taken; `readers`: only theirs. */
async function settle(
  tx: Tx,
  id: SendId,
  change: RawBuilder<unknown>,
  readers: readonly SubscriberId[] | null = null,
): Promise<number> {
  const named = readers === null ? sql`true` : sql`subscriber_ids && ${readers}::bigint[]`;
  const batches = await takeBatches(tx, id, sql`(unknown_count > 0 or not is_counted) and ${named}`);
  if (batches.length === 0) return 0;
  const result = await sql`
    update ${ledgerOf(id)} d set ${change}, updated_at = now()
    where d.state = 'unknown' and ${isOf(id, batches)}
      and (${readers}::bigint[] is null or d.subscriber_id = any(${readers}::bigint[]))
      and not exists (select from retries r where r.parent_id = d.send_id and r.subscriber_id = d.subscriber_id)`.execute(
    tx,
  );
  await keepAgain(tx, id, batches);
  return Number(result.numAffectedRows ?? 0n);
}
