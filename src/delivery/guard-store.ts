import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { CanaryState } from '../db/send-tables.ts';
import type { SendId } from '../ids.ts';
import type { Answers } from './verdict.ts';

// The waits of a canary are measured by the database's clock, as leases and due times are.

/** Of a batch `b` of a send `s`: while a canary runs, only its own batches are claimed. */
export const mayBeClaimed = sql`(s.canary is distinct from 'running' or b.number <= s.canary_batches)`;

/** From the freeze on: the first batches are the canary, and others wait for it. */
export async function startCanary(tx: Tx, id: SendId, batches: number): Promise<void> {
  await tx
    .updateTable('sends')
    .set({ canary: 'running', canary_batches: batches })
    .where('id', '=', id)
    .execute();
}

/** Sends that run with a canary or a breaker: somebody must look at their answers. */
export async function guardedSends(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ id: SendId }>`
    select s.id from sends s join publications p on p.id = s.publication_id
    where s.state = 'sending' and (p.breaker or s.canary = 'running') order by s.id`.execute(db);
  return rows.map(({ id }) => id);
}

export interface CanaryFacts {
  readonly state: CanaryState;
  readonly readers: number;
  /** When it is judged; null: not all of its readers were tried so far. */
  readonly until: string | null;
}

/** What a receipt says of a send's canary; null where it has none. */
export async function canaryFacts(db: Db, id: SendId): Promise<CanaryFacts | null> {
  const { rows } = await sql<{ state: CanaryState; readers: number; until: Date | null }>`
    select s.canary as state, s.canary_tried_at + p.canary_wait_minutes * interval '1 minute' as until,
      (select sum(b.size) from batches b where b.send_id = s.id and b.number <= s.canary_batches)::bigint as readers
    from sends s join publications p on p.id = s.publication_id
    where s.id = ${id} and s.canary is not null`.execute(db);
  const [canary] = rows;
  return canary ? { ...canary, until: canary.until?.toISOString() ?? null } : null;
}

export interface CanaryStanding extends Pick<Answers, 'accepted' | 'rejected'> {
  readonly readers: number;
  /** Readers without a try so far. */
  readonly untried: number;
  /** Those, and the ones that are tried again. */
  readonly open: number;
  /** All were tried, and the publication's wait since then is over. */
  readonly waited: boolean;
}

/** How the first readers of a send fare, row by row: they are few. */
export async function canaryStanding(db: Db, id: SendId): Promise<CanaryStanding> {
  const { rows } = await sql<CanaryStanding>`
    select count(*) as readers,
      count(*) filter (where d.state = 'accepted') as accepted,
      count(*) filter (where d.state = 'rejected') as rejected,
      count(*) filter (where d.state is null or d.state in ('queued', 'handed over')) as untried,
      count(*) filter (where d.state is null or d.state in ('queued', 'handed over', 'deferred')
        or (d.state = 'unknown' and d.due_at is not null)) as open,
      coalesce(bool_and(s.canary_tried_at + p.canary_wait_minutes * interval '1 minute' <= now()), false) as waited
    from sends s
    join publications p on p.id = s.publication_id
    join batches b on b.send_id = s.id and b.number <= s.canary_batches
    cross join unnest(b.subscriber_ids) as r(id)
    left join deliveries d on d.send_id = ${id} and d.subscriber_id = r.id
    where s.id = ${id}`.execute(db);
  return rows[0] ?? { readers: 0, accepted: 0, rejected: 0, untried: 0, open: 0, waited: false };
}

/** The wait begins. */
export async function noteCanaryTried(db: Db, id: SendId): Promise<void> {
  await sql`
    update sends set canary_tried_at = now()
    where id = ${id} and state = 'sending' and canary = 'running' and canary_tried_at is null`.execute(db);
}

/** The others may be mailed from now on. */
export async function passCanary(db: Db, id: SendId): Promise<boolean> {
  const result = await sql`
    update sends set canary = 'passed' where id = ${id} and state = 'sending' and canary = 'running'`.execute(
    db,
  );
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** The counts from which on the breaker judges: those when the send was last resumed. */
export interface Baseline {
  readonly base_accepted: number;
  readonly base_rejected: number;
}

/**
 * Stops a send with a reason, unless it is stopped, or was resumed since its baseline was read. A canary that runs
 * has failed by it: what the editor resumes goes to everyone.
 */
export async function stopSend(tx: Tx, id: SendId, reason: string, base: Baseline): Promise<boolean> {
  const result = await sql`
    update sends
    set state = 'paused', paused_reason = ${reason}, waiting_reason = null, waiting_until = null,
      canary = case when canary = 'running' then 'failed' else canary end,
      ran_ms = ran_ms + coalesce(round(extract(epoch from now() - running_since) * 1000), 0)::bigint, running_since = null
    where id = ${id} and state = 'sending'
      and base_accepted = ${base.base_accepted} and base_rejected = ${base.base_rejected}`.execute(tx);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Feedback tells of readers of the send: their addresses are no more, or they reported the letter as spam. */
export async function countFeedback(
  tx: Tx,
  id: SendId,
  what: 'bounced' | 'complained',
  readers: number,
): Promise<void> {
  await sql`update sends set ${sql.ref(what)} = ${sql.ref(what)} + ${readers} where id = ${id}`.execute(tx);
}

/** Of so many newest rejections: an old trouble that is over is not named. */
const NEWEST = 1000;

/**
 * What servers say most often when they reject the send's letters. Texts carry ids and times of their own, so they
 * are counted by their codes, and the newest text stands for all. Without addresses, as all replies that are kept.
 */
export async function commonestReply(db: Db, id: SendId): Promise<string | null> {
  const { rows } = await sql<{ reply: string }>`
    select (array_agg(reply order by id desc))[1] as reply
    from (select id, code, enhanced, reply from outcome_events where send_id = ${id} order by id desc limit ${NEWEST}) e
    group by code, enhanced order by count(*) desc, max(id) desc limit 1`.execute(db);
  return rows[0]?.reply ?? null;
}
