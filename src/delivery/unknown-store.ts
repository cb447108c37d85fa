import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { SendId, SubscriberId } from '../ids.ts';

export interface NamedDelivery {
  readonly send: SendId;
  readonly subscriber: SubscriberId;
}

/**
 * Those of them that have no outcome; each is looked up by its key. The sends are named once more as values, so that
 * the planner leaves the other sends' parts of the ledger out (300 of them cost 25 ms).
 */
export async function unknownAmong(db: Db, deliveries: readonly NamedDelivery[]): Promise<NamedDelivery[]> {
  if (deliveries.length === 0) return [];
  const { rows } = await sql<NamedDelivery>`
    select d.send_id as send, d.subscriber_id as subscriber
    from unnest(
      ${deliveries.map(({ send }) => send)}::bigint[], ${deliveries.map(({ subscriber }) => subscriber)}::bigint[]
    ) as named(send_id, subscriber_id)
    join deliveries d on d.send_id = named.send_id and d.subscriber_id = named.subscriber_id
    where d.state = 'unknown' and d.send_id = any(${deliveries.map(({ send }) => send)}::bigint[])`.execute(
    db,
  );
  return rows;
}
