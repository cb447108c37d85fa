import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { VisitClass, VisitKind } from '../db/visit-tables.ts';
import type { LinkId, SendId, SubscriberId, VisitId } from '../ids.ts';

/** A visit that nobody has classified. */
export interface PendingVisit {
  readonly id: VisitId;
  readonly at: Date;
  readonly kind: VisitKind;
  readonly method: 'GET' | 'HEAD';
  readonly send_id: SendId;
  readonly subscriber_id: SubscriberId | null;
  /** Hexadecimal. */
  readonly visitor: string | null;
  readonly agent: string;
  readonly network: string | null;
  readonly prefetch: boolean;
  readonly since_send_s: number | null;
}

/** The oldest first. */
export async function pendingVisits(db: Db, until: Date, most: number): Promise<PendingVisit[]> {
  const { rows } = await sql<PendingVisit>`
    select id, at, kind, method, send_id, subscriber_id, encode(visitor, 'hex') as visitor, agent, network, prefetch,
      since_send_s
    from visits where class is null and at < ${until} order by at, id limit ${most}`.execute(db);
  return rows;
}

/** A time in which visits of a send are looked at. */
export interface SendTime {
  readonly send: SendId;
  readonly from: Date;
  readonly to: Date;
}

export interface VisitTrace {
  readonly send_id: SendId;
  readonly visitor: string | null;
  readonly subscriber_id: SubscriberId | null;
  readonly link_id: LinkId | null;
  /** Of the Unix clock. */
  readonly second: number;
}

/** Who clicked on what in which second: however often within it, so that a flood of visits is few rows. */
export async function tracesWithin(db: Db, times: readonly SendTime[]): Promise<VisitTrace[]> {
  const { rows } = await sql<VisitTrace>`
    select distinct v.send_id, encode(v.visitor, 'hex') as visitor, v.subscriber_id, v.link_id,
      floor(extract(epoch from v.at))::bigint as second
    from unnest(${times.map(({ send }) => send)}::bigint[], ${times.map(({ from }) => from)}::timestamptz[],
        ${times.map(({ to }) => to)}::timestamptz[]) as t(send_id, low, high)
      join visits v on v.send_id = t.send_id and v.at between t.low and t.high
    where v.kind <> 'open'`.execute(db);
  return rows;
}

/** How many links the letter of each link has, for all links of these sends. */
export async function lettersLinks(db: Db, sends: readonly SendId[]): Promise<Map<LinkId, number>> {
  const { rows } = await sql<{ id: LinkId; links: number }>`
    select id, count(*) over (partition by edition_id) as links from links
    where edition_id in (select edition_id from send_editions where send_id = any(${sends}::bigint[]))`.execute(
    db,
  );
  return new Map(rows.map(({ id, links }) => [id, links]));
}

export interface VisitVerdict {
  readonly id: VisitId;
  readonly class: VisitClass;
  readonly reason: string;
}

/** Writes down what was found; what another worker has classified meanwhile stays. */
export async function writeVerdicts(tx: Tx, verdicts: readonly VisitVerdict[]): Promise<void> {
  await sql`
    update visits v set class = f.class, reason = f.reason
    from unnest(${verdicts.map(({ id }) => id)}::bigint[], ${verdicts.map((each) => each.class)}::text[],
        ${verdicts.map(({ reason }) => reason)}::text[]) as f(id, class, reason)
    where v.id = f.id and v.class is null`.execute(tx);
}

/** Rows of one statement, so that nobody waits for long. */
const REOPENED_AT_ONCE = 10_000;

/** Forgets the classes of visits that came then or later; answers how many. Reports stay until they are classified again. */
export async function reopenVisits(db: Db, since: Date | null): Promise<number> {
  let [reopened, after] = [0, 0];
  for (;;) {
    const { rows } = await sql<{ last: number | null; count: number }>`
      with next as (
        select id from visits where id > ${after} and (${since}::timestamptz is null or at >= ${since})
        order by id limit ${REOPENED_AT_ONCE}
      ), changed as (
        update visits v set class = null, reason = null from next where v.id = next.id and v.class is not null returning v.id
      )
      select (select max(id) from next) as last, (select count(*) from changed) as count`.execute(db);
    const [{ last, count } = { last: null, count: 0 }] = rows;
    reopened += count;
    if (last === null) return reopened;
    after = last;
  }
}
