import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { VisitClass, VisitKind } from '../db/visit-tables.ts';
import type { LinkId, SendId } from '../ids.ts';

/** In the transaction that classifies: the sums of these sends are to be made anew. */
export async function markStale(tx: Tx, sends: readonly SendId[]): Promise<void> {
  await sql`
    insert into visit_reports (send_id) select id from sends where id = any(${sends}::bigint[]) order by id
    on conflict (send_id) do update set is_stale = true where not visit_reports.is_stale`.execute(tx);
}

/** Behind their visits. */
const isStale = sql`is_stale and ended_at is null`;

/**
 * And not summed up just now: summing up takes some 10 us a visit on a busy machine (250,000 in 3.8 s), so that large
 * reports are made anew more seldom, a million visits every 200 s, and it costs a twentieth of the time at most.
 */
const isDue = sql`${isStale} and (counted_at is null or counted_at <= now() - interval '0.2 ms' * (
      select coalesce(sum(visits), 0)::float8 from visit_counts c
      where c.send_id = visit_reports.send_id and link_id is null and class is null))`;

export async function staleReports(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ send_id: SendId }>`
    select send_id from visit_reports where ${isStale} order by send_id`.execute(db);
  return rows.map(({ send_id }) => send_id);
}

export async function dueReports(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ send_id: SendId }>`
    select send_id from visit_reports where ${isDue} order by send_id`.execute(db);
  return rows.map(({ send_id }) => send_id);
}

/** Is there a visit from before then without a class, or a report that is due? */
export async function visitsWait(db: Db, until: Date): Promise<boolean> {
  const { rows } = await sql<{ waits: boolean }>`
    select exists (select from visits where class is null and at < ${until})
      or exists (select from visit_reports where ${isDue}) as waits`.execute(db);
  return rows[0]?.waits ?? false;
}

/** Holds a send's report to the end of the transaction; false: its visits are dropped, and nothing is counted any more. */
export async function holdReport(tx: Tx, send: SendId): Promise<boolean> {
  const { rows } = await sql`
    select from visit_reports where send_id = ${send} and ended_at is null for update`.execute(tx);
  return rows.length > 0;
}

/**
 * Makes the sums of a send anew, from all visits that have a class. One who is known counts by their id, others by the
 * hash of a day; where there is not even that each visit is a visitor. The whole of a send is read,
 * which is why this is done once for many of them.
 */
export async function sumUp(tx: Tx, send: SendId): Promise<void> {
  await sql`delete from visit_counts where send_id = ${send}`.execute(tx);
  await sql`
    insert into visit_counts (send_id, kind, link_id, class, reason, visits, visitors)
    select ${send}, kind, link_id, class, reason, count(*), count(distinct who)
    from (
      select kind, link_id, class, reason, coalesce(int8send(subscriber_id), visitor, int8send(-id)) as who
      from visits where send_id = ${send} and class is not null
    ) v
    group by grouping sets ((kind), (kind, class), (kind, class, reason), (kind, link_id), (kind, link_id, class))
    having grouping(link_id) = 1 or link_id is not null`.execute(tx);
  await sql`update visit_reports set is_stale = false, counted_at = now() where send_id = ${send}`.execute(
    tx,
  );
}

/** Sends of which only the counts are kept, with visits that are not dropped. */
export async function sendsToEnd(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ id: SendId }>`
    select id from sends s
    where condensed_at is not null and exists (select from visits where send_id = s.id) order by id`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export async function dropVisits(tx: Tx, send: SendId): Promise<void> {
  await sql`delete from visits where send_id = ${send}`.execute(tx);
  await sql`update visit_reports set ended_at = coalesce(ended_at, now()) where send_id = ${send}`.execute(
    tx,
  );
}

export interface VisitSum {
  readonly kind: VisitKind;
  readonly link_id: LinkId | null;
  readonly class: VisitClass | null;
  readonly reason: string | null;
  readonly visits: number;
  readonly visitors: number;
}

export async function visitSums(db: Db, send: SendId): Promise<VisitSum[]> {
  return db
    .selectFrom('visit_counts')
    .select(['kind', 'link_id', 'class', 'reason', 'visits', 'visitors'])
    .where('send_id', '=', send)
    .execute();
}

/** Visits of a send that are not classified yet: those of the last minute or so. */
export async function countPending(db: Db, send: SendId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from visits where class is null and send_id = ${send}`.execute(db);
  return rows[0]?.count ?? 0;
}

export interface VisitTotal {
  /** Its slug. */
  readonly publication: string;
  readonly kind: VisitKind;
  readonly class: VisitClass;
  readonly visits: number;
}

/** Over all sends; a few rows of each are read. */
export async function visitTotals(db: Db): Promise<VisitTotal[]> {
  const { rows } = await sql<VisitTotal>`
    select p.slug as publication, c.kind, c.class, sum(c.visits)::bigint as visits
    from visit_counts c join sends s on s.id = c.send_id join publications p on p.id = s.publication_id
    where c.link_id is null and c.reason is null and c.class is not null
    group by p.slug, c.kind, c.class order by p.slug, c.kind, c.class`.execute(db);
  return rows;
}
