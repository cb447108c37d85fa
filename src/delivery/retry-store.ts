import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SendId, SubscriberId } from '../ids.ts';
import { ledgerOf, unseen } from './partition-store.ts';
import { lockSend, type Send } from './send-store.ts';
import { keepTallies } from './tally-store.ts';
import { countLeaseExpiries, countUnknown } from './work-count-store.ts';

/**
 * A cancelled send takes no mark any more, and no claim. A mark that began before the cancellation sees a send that is
 * still sending: it holds its batch, and is waited for here; or it comes later, and finds its batch closed.
 */
export async function withdrawBatches(tx: Tx, id: SendId): Promise<void> {
  await takeBatches(tx, id);
  await sql`update batches set is_open = false where send_id = ${id}`.execute(tx);
}

interface TakenBatch {
  readonly number: number;
  readonly is_counted: boolean;
  /** By its counts, unknown deliveries: of those that are asked for. */
  readonly has_unknown: boolean;
  /** A worker has it. */
  readonly is_leased: boolean;
}

/**
 * Holds all batches of a send to the end of the transaction: until then no claim, no mark and no outcome touches its
 * rows. A send that was never started has none, and no part of the ledger either.
 */
async function takeBatches(tx: Tx, id: SendId, asked = sql`true`): Promise<TakenBatch[]> {
  const { rows } = await sql<TakenBatch>`
    select number, is_counted, unknown_count > 0 and ${asked} as has_unknown, coalesce(lease_until >= now(), false) as is_leased
    from batches where send_id = ${id} order by number for no key update`.execute(tx);
  return rows;
}

/** The counts of batches whose rows an editor changed. Whoever works one counts it himself when he lets it go. */
function keepAgain(tx: Tx, id: SendId, changed: readonly TakenBatch[]): Promise<void> {
  return keepTallies(tx, id, numbersOf(changed.filter(({ is_counted }) => is_counted)));
}

function numbersOf(batches: readonly TakenBatch[]): number[] {
  return batches.map(({ number }) => number);
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
    const batches = await takeBatches(tx, id);
    const abandoned = batches.filter(({ is_leased }) => !is_leased);
    if (abandoned.length === 0) return;
    const marked = await markUnknown(tx, id, batches);
    if (marked.length > 0) await keepAgain(tx, id, abandoned);
    await countLeaseExpiries(tx, id, await endLeases(tx, id, abandoned));
    await countUnknown(tx, id, marked);
  });
}

/** Rows of batches that no worker has, and that were marked. */
async function markUnknown(tx: Tx, id: SendId, batches: readonly TakenBatch[]): Promise<SubscriberId[]> {
  const leased = numbersOf(batches.filter(({ is_leased }) => is_leased));
  const { rows } = await sql<{ id: SubscriberId }>`
    update ${ledgerOf(id)} set state = 'unknown', due_at = null, updated_at = now()
    where state = 'handed over' and subscriber_id not in (
      select unnest(subscriber_ids) from batches where send_id = ${id} and number = any(${leased}::int[]))
    returning subscriber_id as id`.execute(tx);
  return rows.map((row) => row.id);
}

async function endLeases(tx: Tx, id: SendId, batches: readonly TakenBatch[]): Promise<number> {
  const ended = await sql`
    update batches set lease_until = null
    where send_id = ${id} and number = any(${numbersOf(batches)}::int[]) and lease_until is not null`.execute(
    tx,
  );
  return Number(ended.numAffectedRows ?? 0n);
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
  const batches = await takeBatches(
    tx,
    id,
    readers === null ? sql`true` : sql`subscriber_ids && ${readers}::bigint[]`,
  );
  if (batches.length === 0) return 0;
  const named = readers === null ? sql`true` : sql`d.subscriber_id = any(${unseen(readers, 'bigint')})`;
  const result = await sql`
    update ${ledgerOf(id)} d set ${change}, updated_at = now()
    where d.state = 'unknown' and ${named}
      and not exists (select from retries r where r.parent_id = d.send_id and r.subscriber_id = d.subscriber_id)`.execute(
    tx,
  );
  const changed = batches.filter(({ has_unknown }) => has_unknown);
  await keepAgain(tx, id, changed);
  return Number(result.numAffectedRows ?? 0n);
}
