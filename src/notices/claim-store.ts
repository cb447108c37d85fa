import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { DeliveryState } from '../db/send-tables.ts';
import type { NoticeId } from '../ids.ts';
import { hideAddresses } from '../replies/hide-addresses.ts';
import { type Notice, readNotice } from './notice.ts';

// Leases and due times use the database's clock, as those of batches do: workers run on several hosts.

/** What a worker holds: each statement below is guarded by the fence, so one that was overtaken changes nothing. */
export interface NoticeClaim {
  readonly id: NoticeId;
  readonly fence: number;
}

/**
 * Takes a due notice under a lease. One that was handed over by a worker who is gone has no known outcome:
 * it becomes `unknown`, and is due for its one more try after a wait.
 */
export async function claimNotice(
  db: Db,
  id: NoticeId,
  { leaseMs, unknownWaitMs }: { leaseMs: number; unknownWaitMs: number },
): Promise<Notice | null> {
  await sql`
    update notices set state = 'unknown', fence = fence + 1, lease_until = null,
      due_at = ${fromNow(unknownWaitMs)}, updated_at = now()
    where id = ${id} and state = 'handed over' and lease_until <= now()`.execute(db);
  const { rows } = await sql<Notice>`
    update notices set fence = fence + 1, lease_until = ${fromNow(leaseMs)}, updated_at = now()
    where id = ${id} and due_at <= now() and (lease_until is null or lease_until <= now())
      and (state in ('queued', 'deferred') or (state = 'unknown' and not resent))
    returning id, publication_id, kind, subscriber_id, email, locale, params, state, attempts, fence`.execute(
    db,
  );
  return rows[0] ? readNotice(rows[0]) : null;
}

/** False where another worker has it, or may have it: the lease had run out. */
export async function extendLease(db: Db, claim: NoticeClaim, leaseMs: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update notices set lease_until = ${fromNow(leaseMs)}
    where id = ${claim.id} and fence = ${claim.fence} and lease_until > now()`.execute(db);
  return numAffectedRows === 1n;
}

/** Durable before the final dot is written; false: do not write it. */
export async function markHandedOver(db: Db, claim: NoticeClaim): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update notices set state = 'handed over', resent = resent or state = 'unknown', updated_at = now()
    where id = ${claim.id} and fence = ${claim.fence} and lease_until > now()
      and state in ('queued', 'deferred', 'unknown')`.execute(db);
  return numAffectedRows === 1n;
}

export interface NoticeOutcome {
  readonly state: 'accepted' | 'rejected' | 'deferred' | 'suppressed' | 'left' | 'unknown';
  /** Where in the session it ended; null: there was none. */
  readonly stage: string | null;
  readonly code: number | null;
  readonly enhanced: string | null;
  readonly reply: string | null;
  /** Until the next try, for `deferred` and `unknown`. */
  readonly waitMs: number;
}

/**
 * Records what became of a notice. A rejection of one that went to a reader is told by an outcome event, as that of a
 * letter is.
 *
 * @returns the state as recorded (a deferral that is too old is a rejection); null where it was overtaken.
 */
export async function recordOutcome(
  db: Db,
  claim: NoticeClaim,
  outcome: NoticeOutcome,
  deferMaxAgeMs: number,
): Promise<DeliveryState | null> {
  const deferred = outcome.state === 'deferred';
  const { rows } = await sql<{ state: DeliveryState }>`
    with recorded as (
      update notices set
      state = case when ${deferred} and deferred_at < ${fromNow(-deferMaxAgeMs)} then 'rejected'
        else ${outcome.state} end,
      deferred_at = case when ${deferred} then coalesce(deferred_at, now()) else deferred_at end,
      attempts = attempts + 1, code = ${outcome.code}, enhanced = ${outcome.enhanced}, reply = ${outcome.reply},
      due_at = ${fromNow(outcome.waitMs)}, lease_until = null, updated_at = now()
      where id = ${claim.id} and fence = ${claim.fence}
        and state in ('queued', 'handed over', 'deferred', 'unknown')
      returning state, subscriber_id
    ), told as (
      insert into outcome_events (subscriber_id, stage, code, enhanced, reply)
      select subscriber_id, ${deferred ? 'age' : outcome.stage}, ${outcome.code}::smallint, ${outcome.enhanced},
        ${hideAddresses(outcome.reply ?? '')}
      from recorded
      where state = 'rejected' and subscriber_id is not null and ${outcome.stage !== null}
    )
    select state from recorded`.execute(db);
  return rows[0]?.state ?? null;
}

/** The mail server's fault: nobody's outcome, the notice stays what it was and is due again. */
export async function releaseNotice(db: Db, claim: NoticeClaim, waitMs: number): Promise<void> {
  await sql`
    update notices set due_at = ${fromNow(waitMs)}, lease_until = null
    where id = ${claim.id} and fence = ${claim.fence} and state <> 'handed over'`.execute(db);
}

/**
 * Our own fault: the notice is due again, until it has failed for too long since the first time. Then it ends as
 * `rejected`, with the reason; one that may have been sent already stays `unknown`, and is tried no more.
 *
 * @returns whether it was given up.
 */
export async function putOff(
  db: Db,
  claim: NoticeClaim,
  { waitMs, maxAgeMs, reason }: { waitMs: number; maxAgeMs: number; reason: string },
): Promise<boolean> {
  const over = sql<boolean>`coalesce(deferred_at < ${fromNow(-maxAgeMs)}, false)`;
  const { rows } = await sql<{ over: boolean }>`
    update notices set
      state = case when ${over} and state <> 'unknown' then 'rejected' else state end,
      resent = resent or (${over} and state = 'unknown'),
      reply = case when ${over} then ${reason} else reply end,
      deferred_at = coalesce(deferred_at, now()), due_at = ${fromNow(waitMs)}, lease_until = null, updated_at = now()
    where id = ${claim.id} and fence = ${claim.fence} and state in ('queued', 'deferred', 'unknown')
    returning ${over} as over`.execute(db);
  return rows[0]?.over ?? false;
}

function fromNow(ms: number): RawBuilder<Date> {
  return sql<Date>`now() + ${ms} * interval '1 millisecond'`;
}
