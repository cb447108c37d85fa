import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { FeedbackEffect, ReaderMeaning } from '../db/feedback-tables.ts';
import type { FeedbackEventId, RawEventId, SendId, SubscriberId } from '../ids.ts';

export interface NewFeedbackEvent {
  readonly source: string;
  readonly event_key: string;
  readonly raw_event_id: RawEventId | null;
  readonly at: Date;
  readonly meaning: ReaderMeaning;
  readonly send_id: SendId | null;
  readonly subscriber_id: SubscriberId | null;
  readonly reply: string;
}

export interface FeedbackEvent extends NewFeedbackEvent {
  readonly id: FeedbackEventId;
}

/**
 * Writes what is new and answers it: each event is acted upon once, by whoever wrote its row. One that is read
 * again changes nothing, unless it is understood otherwise by now, or its reader is found at last.
 */
export async function takeFeedbackEvents(
  tx: Tx,
  events: readonly NewFeedbackEvent[],
): Promise<FeedbackEvent[]> {
  const once = [...new Map(events.map((event) => [`${event.source} ${event.event_key}`, event])).values()];
  if (once.length === 0) return [];
  const column = <Key extends keyof NewFeedbackEvent>(key: Key) => once.map((event) => event[key]);
  const { rows } = await sql<FeedbackEvent>`
    insert into feedback_events as e (source, event_key, raw_event_id, at, meaning, send_id, subscriber_id, reply)
    select * from unnest(
      ${column('source')}::text[], ${column('event_key')}::text[], ${column('raw_event_id')}::bigint[],
      ${column('at')}::timestamptz[], ${column('meaning')}::text[], ${column('send_id')}::bigint[],
      ${column('subscriber_id')}::bigint[], ${column('reply')}::text[])
    order by 1, 2
    on conflict (source, event_key) do update
      set meaning = excluded.meaning, send_id = excluded.send_id, subscriber_id = excluded.subscriber_id
      where e.meaning <> excluded.meaning or (e.subscriber_id is null and excluded.subscriber_id is not null)
    returning id, source, event_key, raw_event_id, at, meaning, send_id, subscriber_id, reply`.execute(tx);
  return rows;
}

export async function setEffect(
  tx: Tx,
  ids: readonly FeedbackEventId[],
  effect: Exclude<FeedbackEffect, 'none'>,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`update feedback_events set effect = ${effect} where id = any(${ids}::bigint[])`.execute(tx);
}

export interface Delivered {
  readonly subscriber: SubscriberId;
  readonly at: Date;
}

/** A letter that arrived clears the reader's score, and a bounce from before it that waits for a word is dropped. */
export async function clearScores(tx: Tx, delivered: readonly Delivered[]): Promise<void> {
  if (delivered.length === 0) return;
  await sql`
    update feedback_events e
    set cleared_at = now(), effect = case when e.effect = 'held' then 'dropped' else e.effect end
    from (select subscriber, max(at) as at from unnest(
      ${delivered.map(({ subscriber }) => subscriber)}::bigint[], ${delivered.map(({ at }) => at)}::timestamptz[]
    ) as d(subscriber, at) group by subscriber) d
    where e.subscriber_id = d.subscriber and e.at < d.at and e.cleared_at is null
      and (e.meaning = 'soft bounce' or e.effect = 'held')`.execute(tx);
}

export interface Score {
  /** Different days with a soft bounce. */
  readonly days: number;
  /** So many end the subscription. */
  readonly limit: number;
}

/**
 * A mail server keeps trying for four to five days before it sends the bounce (RFC 5321 section 4.5.4.1): a letter that
 * was accepted longer ago than this, and of which no bounce came, has arrived.
 */
const SILENCE = sql`interval '5 days'`;
/** Bounces from longer ago do not count; the model is Mailman's (at most one a day, stale after a time). */
const MEMORY = sql`interval '30 days'`;

/** The reader's soft bounces of late, since the last letter that arrived. Null: no such reader (any more). */
export async function scoreOf(tx: Tx, subscriber: SubscriberId): Promise<Score | null> {
  const { rows } = await sql<Score>`
    with bounced as (
      select at, send_id from feedback_events
      where subscriber_id = ${subscriber} and meaning = 'soft bounce' and cleared_at is null and at > now() - ${MEMORY}
    ), arrived as (
      select max(d.updated_at) as at
      from subscribers s join sends w on w.publication_id = s.publication_id
      join deliveries d on d.send_id = w.id and d.subscriber_id = s.id
      where s.id = ${subscriber} and w.started_at > now() - ${MEMORY} and d.state = 'accepted'
        and d.updated_at < now() - ${SILENCE} and w.id not in (select send_id from bounced where send_id is not null)
    )
    select (select count(distinct (b.at at time zone 'UTC')::date) from bounced b, arrived a
        where a.at is null or b.at > a.at) as days,
      p.soft_bounce_days as limit
    from subscribers s join publications p on p.id = s.publication_id where s.id = ${subscriber}`.execute(tx);
  return rows[0] ?? null;
}
