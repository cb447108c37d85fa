import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';

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
