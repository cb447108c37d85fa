import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import type { Send } from './send-store.ts';

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
      union
      select unnest(b.subscriber_ids) from batches b
      where b.send_id = ${parent.id} and b.claimed_at is null and ${unclaimed}::boolean
    ) c
    join subscribers s on s.id = c.id and s.status = 'active'
    where not exists (select from suppressions x where x.address_hash = s.address_hash)
    on conflict do nothing`.execute(tx);
  return Number(result.numAffectedRows ?? 0n);
}

/**
 * What a worker of an ended send had marked and never recorded is unknown, once its lease is over; no claim
 * comes any more to say so.
 */
export async function markAbandoned(db: Db, id: SendId): Promise<void> {
  await sql`
    update deliveries d set state = 'unknown', due_at = null, updated_at = now()
    where d.send_id = ${id} and d.state = 'handed over' and exists (
      select from batches b where b.send_id = d.send_id and d.subscriber_id = any(b.subscriber_ids)
        and (b.lease_until is null or b.lease_until < now()))`.execute(db);
}

/** Cancelled sends in which a worker died with marks. */
export async function endedSendsWithMarks(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ id: SendId }>`
    select s.id from sends s
    where s.state = 'cancelled' and s.finished_at > now() - interval '1 day'
      and exists (select from deliveries d where d.send_id = s.id and d.state = 'handed over')
      and exists (select from batches b where b.send_id = s.id and b.lease_until < now())`.execute(db);
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
    where b.send_id = ${id} and exists (
      select from deliveries d where d.send_id = b.send_id and d.subscriber_id = any(b.subscriber_ids)
        and d.state = 'unknown' and d.due_at is not null)`.execute(tx);
  return Number(result.numAffectedRows ?? 0n);
}

/** A final verdict may have closed the last open row of a batch. */
export async function closeSettledBatches(tx: Tx, id: SendId): Promise<void> {
  await sql`
    update batches b set is_open = false
    where b.send_id = ${id} and b.is_open and b.claimed_at is not null and not exists (
      select from deliveries d where d.send_id = b.send_id and d.subscriber_id = any(b.subscriber_ids)
        and (d.state in ('queued', 'handed over', 'deferred') or (d.state = 'unknown' and d.due_at is not null)))`.execute(
    tx,
  );
}
