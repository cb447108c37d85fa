import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SendId, SubscriberId } from '../ids.ts';
import { mayBeClaimed } from './guard-store.ts';
import { ledgerOf, unseen } from './partition-store.ts';
import { keepTallies } from './tally-store.ts';
import { countLeaseExpiries, countUnknown } from './work-count-store.ts';

// Leases and due times use the database's clock: workers run on several hosts, and only one clock may decide.

/** A batch of a send, held under a lease; the fence is the number of this claim. */
export interface Claim {
  readonly send: SendId;
  readonly batch: number;
  readonly fence: number;
}

export interface ClaimedBatch extends Claim {
  readonly subscriber_ids: readonly SubscriberId[];
}

/**
 * Takes a batch that is open, due and free, of a send that is sending; null when it is not. The first claim
 * makes the ledger rows. What an earlier worker had handed over without an outcome becomes `unknown`.
 */
export function claimBatch(
  db: Db,
  send: SendId,
  batch: number,
  leaseMs: number,
  unknownWaitMs: number,
): Promise<ClaimedBatch | null> {
  return db.transaction().execute(async (tx) => {
    const claimed = await takeLease(tx, send, batch, leaseMs);
    if (!claimed) return null;
    if (claimed.expired) await countLeaseExpiries(tx, send, 1);
    if (claimed.fence === 1) await makeRows(tx, claimed);
    else await markUnknown(tx, claimed, unknownWaitMs);
    return claimed;
  });
}

async function takeLease(tx: Tx, send: SendId, batch: number, leaseMs: number) {
  // a batch that is let go has no lease: one that still names a time was never let go
  const { rows } = await sql<{ fence: number; subscriber_ids: SubscriberId[]; expired: boolean }>`
    with before as (select lease_until is not null as expired from batches where send_id = ${send} and number = ${batch})
    update batches b
    set fence = b.fence + 1, lease_until = now() + ${leaseMs} * interval '1 millisecond',
        claimed_at = coalesce(b.claimed_at, now()), is_counted = false
    from sends s, before
    where b.send_id = ${send} and b.number = ${batch} and b.is_open and b.due_at <= now()
      and (b.lease_until is null or b.lease_until < now())
      and s.id = b.send_id and s.state = 'sending' and (s.waiting_until is null or s.waiting_until <= now())
      and ${mayBeClaimed}
    returning b.fence, b.subscriber_ids, before.expired`.execute(tx);
  return rows[0] ? { send, batch, ...rows[0] } : null;
}

async function makeRows(tx: Tx, { send, subscriber_ids }: ClaimedBatch): Promise<void> {
  await sql`
    insert into ${ledgerOf(send)} (send_id, subscriber_id)
    select ${send}::bigint, unnest(${subscriber_ids}::bigint[])
    on conflict do nothing`.execute(tx);
}

/** `resend`: once, after a wait, then held (no due time); `hold`: held at once. */
async function markUnknown(tx: Tx, { send, subscriber_ids }: ClaimedBatch, waitMs: number): Promise<void> {
  const { rows } = await sql<{ id: SubscriberId }>`
    update ${ledgerOf(send)} d
    set state = 'unknown', updated_at = now(),
        due_at = case when p.unknown_policy = 'resend' and not d.resent
                 then now() + ${waitMs} * interval '1 millisecond' end
    from sends s join publications p on p.id = s.publication_id
    where s.id = ${send} and d.subscriber_id = any(${unseen(subscriber_ids, 'bigint')})
      and d.state = 'handed over'
    returning d.subscriber_id as id`.execute(tx);
  await countUnknown(
    tx,
    send,
    rows.map(({ id }) => id),
  );
}

/** Keeps the lease while the worker lives; false: it was superseded, or slept past its lease, and must stop. */
export async function extendLease(db: Db, claim: Claim, leaseMs: number): Promise<boolean> {
  const result = await sql`
    update batches set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where send_id = ${claim.send} and number = ${claim.batch} and fence = ${claim.fence} and lease_until > now()`.execute(
    db,
  );
  return (result.numAffectedRows ?? 0n) > 0n;
}

/**
 * Lets a batch go: closed when each of its rows is final, else due again with its earliest row; its counts are kept.
 * The rows are read once the batch is held: an editor may just be settling some of them.
 *
 * @param waitMs what could be worked now is due again after it: providers' limits held it back.
 */
export function releaseBatch(db: Db, claim: ClaimedBatch, waitMs = 0): Promise<void> {
  return db.transaction().execute(async (tx) => {
    if (!(await dropLease(tx, claim))) return;
    await keepTallies(tx, claim.send, [claim.batch]);
    if (waitMs > 0) await postpone(tx, claim, waitMs);
  });
}

async function postpone(tx: Tx, { send, batch }: Claim, waitMs: number): Promise<void> {
  await sql`
    update batches set due_at = now() + ${waitMs} * interval '1 millisecond'
    where send_id = ${send} and number = ${batch} and is_open and due_at <= now()`.execute(tx);
}

async function dropLease(tx: Tx, { send, batch, fence }: Claim): Promise<boolean> {
  const result = await sql`
    update batches set lease_until = null
    where send_id = ${send} and number = ${batch} and fence = ${fence}`.execute(tx);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/**
 * Open, due, unleased batches of sends that are sending: the wake-ups that must exist. Of each send the first ones
 * are read, however many are open.
 */
export async function missingBatchJobs(db: Db, limit = 200): Promise<Claim[]> {
  const { rows } = await sql<Claim>`
    select b.send_id as send, b.number as batch, b.fence
    from sends s cross join lateral (
      select * from batches b
      where b.send_id = s.id and b.is_open and b.due_at <= now() and (b.lease_until is null or b.lease_until < now())
        and ${mayBeClaimed}
      order by b.number limit ${limit}
    ) b
    where s.state = 'sending' and (s.waiting_until is null or s.waiting_until <= now())
    order by b.number, b.send_id limit ${limit}`.execute(db);
  return rows;
}

/** The wake-ups of a send that has just started, without waiting for the reconciler. */
export async function firstBatchJobs(db: Db, send: SendId, limit = 20): Promise<Claim[]> {
  const { rows } = await sql<Claim>`
    select b.send_id as send, b.number as batch, b.fence from sends s join batches b on b.send_id = s.id
    where s.id = ${send} and b.is_open and b.due_at <= now() and ${mayBeClaimed}
    order by b.number limit ${limit}`.execute(db);
  return rows;
}
