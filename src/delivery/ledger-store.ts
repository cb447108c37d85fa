import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { prepared } from '../db/prepared.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import type { Provider } from '../outbound/providers.ts';
import type { Claim, ClaimedBatch } from './batch-store.ts';
import { allHeld, heldBatches, type Part, writeUnderClaims } from './held-claims-store.ts';
import { ledgerOf, unseen } from './partition-store.ts';
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
    select subscriber_id as id, attempts from ${ledgerOf(claim.send)}
    where subscriber_id = any(${unseen(claim.subscriber_ids, 'bigint')})
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
  /** Agreed that their own opens and clicks are known. */
  readonly followed: boolean;
}

/** Read again for each chunk, so that leaving works while a send runs. */
export async function readersNow(db: Db, ids: readonly SubscriberId[]): Promise<ReaderNow[]> {
  const { rows } = await sql<ReaderNow>`
    select i.id, coalesce(s.email, '') as email, coalesce(s.name, '') as name, coalesce(s.locale, '') as locale,
      s.status, x.address_hash is not null as suppressed, s.followed_since is not null as followed
    from unnest(${unseen(ids, 'bigint')}) as i(id)
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
  const items = ids.map((id) => ({ claim, id }));
  await writeUnderClaims(items, async (part) => {
    await sql`
      with held as materialized (${heldBatches(part)})
      update ${ledgerOf(part.send)} set state = ${state}, due_at = null, updated_at = now()
      where subscriber_id = any(${idsOf(part)}) and ${allHeld(part)}
        and state in ('queued', 'deferred', 'unknown')`.execute(db);
    return true;
  });
}

/** A delivery that is about to be handed over. */
export interface Mark {
  readonly claim: Claim;
  readonly id: SubscriberId;
}

/**
 * Marks rows, of one batch or of several, as handed over, just before their final dots: the send must be sending, the
 * batch open (a retry of the cancelled send may just have closed it), the lease held and young, the row due.
 *
 * @returns for each, in order, whether it may be sent.
 */
export async function markHandedOver(db: Db, marks: readonly Mark[]): Promise<boolean[]> {
  const marked = new Set<Mark>();
  await writeUnderClaims(marks, async (part) => {
    const { held, ids } = await markPart(db, part);
    for (const mark of part.items) if (ids.has(mark.id)) marked.add(mark);
    return held;
  });
  return marks.map((mark) => marked.has(mark));
}

async function markPart(db: Db, part: Part<Mark>) {
  const { rows } = await sql<{ held: boolean; ids: SubscriberId[] }>`${prepared(`marks of s${part.send}`)}
    with held as materialized (${heldBatches(part, sql`lease_until > now() and is_open`)}
    ), marked as (
      update ${ledgerOf(part.send)}
      set state = 'handed over', attempts = attempts + 1, due_at = null, updated_at = now(),
          resent = resent or state = 'unknown'
      where subscriber_id = any(${idsOf(part)})
        and found_by_key(state in ('queued', 'deferred', 'unknown') and (due_at is null or due_at <= now()))
        and ${allHeld(part)} and (select state from sends where id = ${part.send}) = 'sending'
      returning subscriber_id as id
    )
    select ${allHeld(part)} as held, array(select id from marked) as ids`.execute(db);
  return { held: rows[0]?.held ?? false, ids: new Set(rows[0]?.ids) };
}

function idsOf({ items }: Part<Mark>): RawBuilder<unknown> {
  return unseen(
    items.map(({ id }) => id),
    'bigint',
  );
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

/** One under its batch's claim. */
export interface ClaimedOutcome extends CountedOutcome {
  readonly claim: Claim;
}

/**
 * Records outcomes, of one batch or of several, guarded by the fences; writes an outcome event for each rejection in
 * the same statement, and counts them. A deferral older than the age limit, measured on the send's running clock, is
 * a rejection. An `unknown` that was sent twice already is held.
 */
export function recordOutcomes(db: Db, outcomes: readonly ClaimedOutcome[], maxAgeMs: number): Promise<void> {
  return writeUnderClaims(outcomes, (part) => recordPart(db, part, maxAgeMs));
}

async function recordPart(db: Db, part: Part<ClaimedOutcome>, maxAgeMs: number): Promise<boolean> {
  const tooOld = sql`(g.state = 'deferred' and clock.ms - d.deferred_at_ms > ${maxAgeMs})`;
  const { rows } = await sql<{ held: boolean }>`${prepared(`outcomes of s${part.send}`)}
    with held as materialized (${heldBatches(part)}
    ), clock as materialized (
      select s.ran_ms + coalesce(round(extract(epoch from now() - s.running_since) * 1000), 0)::bigint as ms,
        p.unknown_policy, s.publication_id
      from sends s join publications p on p.id = s.publication_id where s.id = ${part.send}
    ), recorded as (
      update ${ledgerOf(part.send)} d
      set state = case when ${tooOld} then 'rejected' else g.state end,
        attempts = d.attempts + case when d.state = 'handed over' then 0 else 1 end,
        resent = d.resent or d.state = 'unknown',
        due_at = case when ${tooOld} or (g.state = 'unknown' and (d.resent or clock.unknown_policy = 'hold')) then null
          else now() + g.wait_ms * interval '1 millisecond' end,
        deferred_at_ms = case when g.state = 'deferred' then coalesce(d.deferred_at_ms, clock.ms) else d.deferred_at_ms end,
        code = g.code, enhanced = g.enhanced, reply = g.reply, server_id = g.server_id, updated_at = now()
      from ${given(part.items)} cross join clock
      where d.subscriber_id = g.id and ${allHeld(part)}
        and found_by_key(d.state in ('queued', 'handed over', 'deferred', 'unknown'))
      returning d.subscriber_id, d.state, g.provider, case when g.state = 'deferred' then 'age' else g.stage end as stage,
        d.code, d.enhanced, d.reply
    ), counted as (${countingFlush(part.claims[0]?.batch ?? 0, part.items.length)}
    ), told as (
      insert into outcome_events (send_id, subscriber_id, stage, code, enhanced, reply)
      select ${part.send}::bigint, subscriber_id, stage, code, enhanced, reply from recorded where state = 'rejected'
    )
    select ${allHeld(part)} as held`.execute(db);
  return rows[0]?.held ?? false;
}

/** The outcomes as rows `g`. */
function given(outcomes: readonly ClaimedOutcome[]): RawBuilder<unknown> {
  const column = <Key extends keyof ClaimedOutcome>(key: Key) => outcomes.map((outcome) => outcome[key]);
  return sql`unnest(
        ${column('id')}::bigint[], ${column('state')}::text[], ${column('stage')}::text[], ${column('code')}::int[],
        ${column('enhanced')}::text[], ${column('reply')}::text[], ${column('server_id')}::text[], ${column('wait_ms')}::bigint[],
        ${column('provider')}::text[]
      ) as g(id, state, stage, code, enhanced, reply, server_id, wait_ms, provider)`;
}
