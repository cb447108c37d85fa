import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SendId, SubscriberId } from '../ids.ts';
import type { Send } from './send-store.ts';
import { countLeaseExpiries, countUnknown } from './work-count-store.ts';

/**
 * What a cancelled send has not handed over takes no mark any more. A worker's mark that began before the
 * cancellation sees a send that is still sending: it is waited for here, or finds its row never due.
 */
export async function withdrawRows(tx: Tx, id: SendId): Promise<void> {
  await sql`
    update deliveries set due_at = 'infinity', updated_at = now()
    where send_id = ${id} and state in ('queued', 'deferred', 'unknown')`.execute(tx);
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
      select d.subscriber_id as id from deliveries d where d.send_id = ${parent.id} and d.state = any(${states}::text[])
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
    const marked = await sql<{ id: SubscriberId }>`
      update deliveries d set state = 'unknown', due_at = null, updated_at = now()
      where d.send_id = ${id} and d.state = 'handed over'
        and exists (select from sends s where s.id = ${id} and s.state = 'cancelled')
        and not exists (
          select from batches b
          where b.send_id = ${id} and b.lease_until >= now() and d.subscriber_id = any(b.subscriber_ids))
      returning d.subscriber_id as id`.execute(tx);
    const left = await sql`
      update batches b set lease_until = null from sends s
      where b.send_id = ${id} and b.lease_until < now() and s.id = ${id} and s.state = 'cancelled'`.execute(
      tx,
    );
    await countLeaseExpiries(tx, id, Number(left.numAffectedRows ?? 0n));
    await countUnknown(
      tx,
      id,
      marked.rows.map((row) => row.id),
    );
  });
}

/** Cancelled sends in which a worker died with a lease, and perhaps with marks. */
export async function endedSendsWithLeases(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ id: SendId }>`
    select distinct s.id from sends s join batches b on b.send_id = s.id
    where s.state = 'cancelled' and b.is_open and b.lease_until < now()`.execute(db);
  return rows.map(({ id }) => id);
}

/** Unknown deliveries that no child has taken. */
function settleable(id: SendId) {
  return sql`d.send_id = ${id} and d.state = 'unknown'
    and not exists (select from retries r where r.parent_id = d.send_id and r.subscriber_id = d.subscriber_id)`;
}

export async function settleAs(tx: Tx, id: SendId, state: 'accepted' | 'rejected'): Promise<number> {
  const result = await sql`
    update deliveries d set state = ${state}, due_at = null, updated_at = now() where ${settleable(id)}`.execute(
    tx,
  );
  return Number(result.numAffectedRows ?? 0n);
}

/** Due at once, once more; their batches are open again. */
export async function settleResend(tx: Tx, id: SendId): Promise<number> {
  const result = await sql`
    update deliveries d set due_at = now(), updated_at = now() where ${settleable(id)}`.execute(tx);
  await sql`
    update batches b set is_open = true, due_at = now()
    where b.send_id = ${id} and ${rowsOfBatch(sql`d.state = 'unknown' and d.due_at is not null`)} > 0`.execute(
    tx,
  );
  return Number(result.numAffectedRows ?? 0n);
}

/** A final verdict may have closed the last open row of a batch. */
export async function closeSettledBatches(tx: Tx, id: SendId): Promise<void> {
  const open = sql`d.state in ('queued', 'handed over', 'deferred') or (d.state = 'unknown' and d.due_at is not null)`;
  await sql`
    update batches b set is_open = false
    where b.send_id = ${id} and b.is_open and b.claimed_at is not null and ${rowsOfBatch(open)} = 0`.execute(
    tx,
  );
}

/**
 * How many rows of batch `b` are so. A count, since an `exists` may be turned into a join that compares each
 * such row of the send with each batch's array (13 s with 1,000,000 readers, against 0.4 s by key).
 */
function rowsOfBatch(so: RawBuilder<unknown>) {
  return sql`(select count(*) from deliveries d
    where d.send_id = b.send_id and d.subscriber_id = any(b.subscriber_ids) and (${so}))`;
}
