import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { FeedbackEventId, PublicationId, SendId, SubscriberId } from '../ids.ts';

/** An address that was called gone in a wave, and is mailed until somebody believes it. */
export interface HeldBounce {
  readonly email: string;
  readonly at: Date;
  readonly reply: string;
}

export interface HeldBounces {
  readonly count: number;
  /** The newest of them. */
  readonly newest: readonly HeldBounce[];
}

/** Of readers who are still there. */
export async function heldBounces(db: Db, publication: PublicationId, show: number): Promise<HeldBounces> {
  const { rows } = await sql<HeldBounce & { readonly count: number }>`
    select s.email, e.at, e.reply, count(*) over () as count
    from feedback_events e join subscribers s on s.id = e.subscriber_id
    where e.effect = 'held' and s.publication_id = ${publication}
    order by e.at desc, e.id desc limit ${show}`.execute(db);
  return { count: rows[0]?.count ?? 0, newest: rows };
}

export interface TakenBounce {
  readonly id: FeedbackEventId;
  readonly source: string;
  readonly send_id: SendId | null;
  readonly subscriber_id: SubscriberId;
  readonly reply: string;
}

/** Takes some of those that are held, to be believed now or never. */
export async function takeHeld(
  tx: Tx,
  publication: PublicationId,
  effect: 'suppressed' | 'dropped',
  most: number,
): Promise<TakenBounce[]> {
  const { rows } = await sql<TakenBounce>`
    update feedback_events set effect = ${effect}
    where effect = 'held' and id in (
      select e.id from feedback_events e join subscribers s on s.id = e.subscriber_id
      where e.effect = 'held' and s.publication_id = ${publication}
      order by e.subscriber_id limit ${most} for update of e)
    returning id, source, send_id, subscriber_id, reply`.execute(tx);
  return rows;
}

/** What was understood, with what it was read from. */
export interface Evidence {
  readonly source: string;
  readonly at: Date;
  readonly meaning: string;
  readonly effect: string;
  readonly reply: string;
  readonly send_id: SendId | null;
  /** Null: the reader was erased. */
  readonly email: string | null;
  /** Null: a refusal in our own SMTP session, or what is not kept any longer. */
  readonly received_at: Date | null;
  readonly body: Buffer | null;
}

export async function findEvidence(db: Db, id: FeedbackEventId): Promise<Evidence | null> {
  const { rows } = await sql<Evidence>`
    select e.source, e.at, e.meaning, e.effect, e.reply, e.send_id, s.email, r.received_at, r.body
    from feedback_events e
    left join subscribers s on s.id = e.subscriber_id
    left join raw_events r on r.id = e.raw_event_id
    where e.id = ${id}`.execute(db);
  return rows[0] ?? null;
}
