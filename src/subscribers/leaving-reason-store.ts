import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { LeavingReason } from '../db/leaving-tables.ts';
import type { PublicationId, SubscriberId } from '../ids.ts';

/** What a reader said after leaving. */
export interface LeavingAnswer {
  readonly reason: LeavingReason;
  /** Their own; may be empty. */
  readonly words: string;
}

/**
 * Keeps the answer with the reader's last leaving, if they left on the page since then and are still gone. False where it
 * has one already, or there is no such leaving.
 */
export async function putLeavingReason(
  db: Db,
  id: SubscriberId,
  { reason, words }: LeavingAnswer,
  { since, now }: { readonly since: Date; readonly now: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into leaving_reasons (event_id, publication_id, at, reason, words)
    select e.id, s.publication_id, ${now}, ${reason}, ${words}
    from subscribers s join lateral (
      select id, at, detail from subscriber_events
      where subscriber_id = s.id and event = 'unsubscribed' order by id desc limit 1
    ) e on true
    where s.id = ${id} and s.status = 'unsubscribed' and e.at > ${since} and e.detail->>'via' = 'page'
    on conflict do nothing`.execute(db);
  return numAffectedRows === 1n;
}

export interface LeavingCounts {
  readonly reasons: Readonly<Record<LeavingReason, number>>;
  /** Who left on the page, and so was asked. */
  readonly asked: number;
}

export async function countLeavingReasons(
  db: Db,
  publication: PublicationId,
  since: Date,
): Promise<LeavingCounts> {
  const rows = await db
    .selectFrom('leaving_reasons')
    .select(({ fn }) => ['reason', fn.countAll<number>().as('count')])
    .where('publication_id', '=', publication)
    .where('at', '>', since)
    .groupBy('reason')
    .execute();
  const none = { 'too often': 0, 'not relevant': 0, 'did not sign up': 0, other: 0 };
  const reasons = {
    ...none,
    ...Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)])),
  };
  // whoever left and stayed away: their status changed last when they did
  const asked = await sql<{ count: number }>`
    select count(*) as count from subscribers s
    where s.publication_id = ${publication} and s.status = 'unsubscribed' and s.status_changed_at > ${since}
      and exists (select from subscriber_events e where e.subscriber_id = s.id and e.event = 'unsubscribed'
        and e.at = s.status_changed_at and e.detail->>'via' = 'page')`.execute(db);
  return { reasons, asked: Number(asked.rows[0]?.count ?? 0) };
}

/** An answer with words of the reader's own. */
export interface LeavingWords extends LeavingAnswer {
  readonly event_id: number;
  readonly at: Date;
}

/** Newest first. */
export function listLeavingWords(
  db: Db,
  publication: PublicationId,
  page: { readonly before: number | null; readonly limit: number },
): Promise<LeavingWords[]> {
  return db
    .selectFrom('leaving_reasons')
    .select(['event_id', 'at', 'reason', 'words'])
    .where('publication_id', '=', publication)
    .where('words', '!=', '')
    .$if(page.before !== null, (query) => query.where('event_id', '<', page.before ?? 0))
    .orderBy('event_id', 'desc')
    .limit(page.limit)
    .execute();
}
