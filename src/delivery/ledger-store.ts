import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import type { Provider } from '../outbound/providers.ts';
import type { Claim, ClaimedBatch } from './batch-store.ts';
import { countingFlush } from './work-count-store.ts';

/** A row that can be worked now. */
export interface WorkableRow {
  readonly id: SubscriberId;
  /** Tries so far. */
  readonly attempts: number;
}

/** In key order; what is final, or due later, is not among them. */
export async function workableRows(db: Db, claim: ClaimedBatch): Promise<WorkableRow[]> {
  const { rows } = await sql<WorkableRow>`
    select subscriber_id as id, attempts from deliveries
    where send_id = ${claim.send} and subscriber_id = any(${claim.subscriber_ids}::bigint[])
      and (state = 'queued' or (state in ('deferred', 'unknown') and due_at <= now()))
    order by subscriber_id`.execute(db);
  return rows;
}

/** A reader as they are at this moment; `status` null: the person was erased. */
export interface ReaderNow {
  readonly id: SubscriberId;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
  readonly status: SubscriberStatus | null;
  readonly suppressed: boolean;
}

/** Read again for each chunk, so that leaving works while a send runs. */
export async function readersNow(db: Db, ids: readonly SubscriberId[]): Promise<ReaderNow[]> {
  const { rows } = await sql<ReaderNow>`
    select i.id, coalesce(s.email, '') as email, coalesce(s.name, '') as name, coalesce(s.locale, '') as locale,
      s.status, x.address_hash is not null as suppressed
    from unnest(${ids}::bigint[]) as i(id)
    left join subscribers s on s.id = i.id
    left join suppressions x on x.address_hash = s.address_hash
    order by i.id`.execute(db);
  return rows;
}

/** Rows that are not mailed any more: `left` this publication, or `suppressed`. */
export async function recordUnmailable(
  db: Db,
  claim: Claim,
  state: 'left' | 'suppressed',
  ids: readonly SubscriberId[],
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update deliveries d set state = ${state}, due_at = null, updated_at = now()
    from batches b
    where d.send_id = ${claim.send} and d.subscriber_id = any(${ids}::bigint[])
      and d.state in ('queued', 'deferred', 'unknown')
      and b.send_id = ${claim.send} and b.number = ${claim.batch} and b.fence = ${claim.fence}`.execute(db);
}

/**
 * Marks rows as handed over, just before their final dots: the send must be sending, the lease held and
 * young, the row due (a retry of the cancelled send may just have withdrawn it). Rows that it does not
 * answer must not be sent.
 */
export async function markHandedOver(
  db: Db,
  claim: Claim,
  ids: readonly SubscriberId[],
): Promise<Set<SubscriberId>> {
  const { rows } = await sql<{ id: SubscriberId }>`
    update deliveries d
    set state = 'handed over', attempts = d.attempts + 1, due_at = null, updated_at = now(),
        resent = d.resent or d.state = 'unknown'
    from batches b, sends s
    where d.send_id = ${claim.send} and d.subscriber_id = any(${ids}::bigint[])
      and d.state in ('queued', 'deferred', 'unknown') and (d.due_at is null or d.due_at <= now())
      and b.send_id = ${claim.send} and b.number = ${claim.batch} and b.fence = ${claim.fence} and b.lease_until > now()
      and s.id = ${claim.send} and s.state = 'sending'
    returning d.subscriber_id as id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** What a server said of one delivery. */
export interface Outcome {
  readonly id: SubscriberId;
  readonly state: 'accepted' | 'rejected' | 'deferred' | 'unknown';
  /** For feedback, where it is a refusal: 'rcpt', 'data', 'dot' or 'connection'. */
  readonly stage: string;
  readonly code: number | null;
  readonly enhanced: string | null;
  readonly reply: string;
  readonly server_id: string | null;
  /** For `deferred` and `unknown`: how long until the next try. */
  readonly wait_ms: number | null;
}

/** An outcome with what it is counted by. */
export interface CountedOutcome extends Outcome {
  readonly provider: Provider;
}

/**
 * Records outcomes, guarded by the fence, and writes an outcome event for each rejection in the same
 * statement, and counts them. A deferral older than the age limit, measured on the send's running clock, is a rejection.
 * An `unknown` that was sent twice already is held.
 */
export async function recordOutcomes(
  db: Db,
  claim: Claim,
  outcomes: readonly CountedOutcome[],
  maxAgeMs: number,
): Promise<void> {
  const column = <Key extends keyof CountedOutcome>(key: Key) => outcomes.map((outcome) => outcome[key]);
  await sql`
    with clock as (
      select s.ran_ms + coalesce(round(extract(epoch from now() - s.running_since) * 1000), 0)::bigint as ms,
        p.unknown_policy, s.publication_id
      from sends s join publications p on p.id = s.publication_id where s.id = ${claim.send}
    ), given as (
      select * from unnest(
        ${column('id')}::bigint[], ${column('state')}::text[], ${column('stage')}::text[], ${column('code')}::int[],
        ${column('enhanced')}::text[], ${column('reply')}::text[], ${column('server_id')}::text[], ${column('wait_ms')}::bigint[],
        ${column('provider')}::text[]
      ) as g(id, state, stage, code, enhanced, reply, server_id, wait_ms, provider)
    ), decided as (
      select g.*, d.deferred_at_ms,
        g.state = 'deferred' and clock.ms - d.deferred_at_ms > ${maxAgeMs} as too_old,
        g.state = 'unknown' and (d.resent or clock.unknown_policy = 'hold') as held, clock.ms as clock_ms
      from given g join deliveries d on d.send_id = ${claim.send} and d.subscriber_id = g.id cross join clock
    ), recorded as (
      update deliveries d
      set state = case when o.too_old then 'rejected' else o.state end,
        attempts = d.attempts + case when d.state = 'handed over' then 0 else 1 end,
        resent = d.resent or d.state = 'unknown',
        due_at = case when o.too_old or o.held then null else now() + o.wait_ms * interval '1 millisecond' end,
        deferred_at_ms = case when o.state = 'deferred' then coalesce(d.deferred_at_ms, o.clock_ms) else d.deferred_at_ms end,
        code = o.code, enhanced = o.enhanced, reply = o.reply, server_id = o.server_id, updated_at = now()
      from decided o, batches b
      where d.send_id = ${claim.send} and d.subscriber_id = o.id
        and d.state in ('queued', 'handed over', 'deferred', 'unknown')
        and b.send_id = ${claim.send} and b.number = ${claim.batch} and b.fence = ${claim.fence}
      returning d.subscriber_id, d.state, o.too_old, o.stage, o.code, o.enhanced, o.reply, o.provider
    ), counted as (${countingFlush(claim.batch, outcomes.length)}
    )
    insert into outcome_events (send_id, subscriber_id, stage, code, enhanced, reply)
    select ${claim.send}::bigint, subscriber_id, case when too_old then 'age' else stage end, code, enhanced, reply
    from recorded where state = 'rejected'`.execute(db);
}
