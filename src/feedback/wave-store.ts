import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { PublicationId, SubscriberId } from '../ids.ts';

/** What one provider has said of addresses of late. */
export interface GoneRate {
  /** Called gone in this hour, those just counted included. */
  readonly gone: number;
  /** Of them believed, before those just counted. */
  readonly believed: number;
  /** The highest hour of each day that had any in the last 30 days, on average; 0 where there was none. */
  readonly usual: number;
}

/** Counts addresses that a provider calls gone; whoever counts for the same provider waits. */
export async function countGone(tx: Tx, provider: string, now: Date, more: number): Promise<GoneRate> {
  const { rows } = await sql<GoneRate>`
    with counted as (
      insert into gone_hours as g (provider, hour, gone, believed)
      values (${provider}, date_trunc('hour', ${now}::timestamptz), ${more}, 0)
      on conflict (provider, hour) do update set gone = g.gone + excluded.gone
      returning gone, believed, hour
    )
    select c.gone, c.believed, coalesce((
      select avg(peak) from (
        select max(h.believed) as peak from gone_hours h
        where h.provider = ${provider} and h.hour < c.hour and h.hour > c.hour - interval '30 days' and h.believed > 0
        group by date_trunc('day', h.hour)
      ) days), 0)::float8 as usual
    from counted c`.execute(tx);
  return rows[0] ?? { gone: 0, believed: 0, usual: 0 };
}

export async function countBelieved(tx: Tx, provider: string, now: Date, more: number): Promise<void> {
  await sql`
    update gone_hours set believed = believed + ${more}
    where provider = ${provider} and hour = date_trunc('hour', ${now}::timestamptz)`.execute(tx);
}

/** Those of them whose address was called gone a day or longer ago, and is held since. */
export async function heldBefore(
  tx: Tx,
  subscribers: readonly SubscriberId[],
  before: Date,
): Promise<Set<SubscriberId>> {
  const { rows } = await sql<{ subscriber_id: SubscriberId }>`
    select distinct subscriber_id from feedback_events
    where subscriber_id = any(${subscribers}::bigint[]) and effect = 'held' and at < ${before}`.execute(tx);
  return new Set(rows.map(({ subscriber_id }) => subscriber_id));
}

/** True where it is a new one: no reader of the publication was held for this provider since `before`. */
export async function noteWave(
  tx: Tx,
  wave: {
    readonly publication: PublicationId;
    readonly provider: string;
    readonly now: Date;
    readonly before: Date;
  },
): Promise<boolean> {
  const { publication, provider, now, before } = wave;
  const { numAffectedRows } = await sql`
    with going as (
      update waves set last_at = ${now}
      where publication_id = ${publication} and provider = ${provider} and last_at > ${before}
      returning 1
    )
    insert into waves (publication_id, provider, began_at, last_at)
    select ${publication}::bigint, ${provider}, ${now}::timestamptz, ${now}::timestamptz
    where not exists (select from going)
    on conflict do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

export interface Wave {
  readonly provider: string;
  readonly began_at: Date;
  readonly last_at: Date;
}

/** Newest first. */
export function recentWaves(db: Db, publication: PublicationId, limit: number): Promise<Wave[]> {
  return db
    .selectFrom('waves')
    .select(['provider', 'began_at', 'last_at'])
    .where('publication_id', '=', publication)
    .orderBy('began_at', 'desc')
    .limit(limit)
    .execute();
}

/** Of those who are still there. */
export async function publicationsOf(
  db: Db,
  subscribers: readonly SubscriberId[],
): Promise<Map<SubscriberId, PublicationId>> {
  const { rows } = await sql<{ id: SubscriberId; publication_id: PublicationId }>`
    select id, publication_id from subscribers where id = any(${subscribers}::bigint[])`.execute(db);
  return new Map(rows.map(({ id, publication_id }) => [id, publication_id]));
}
