import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { OutcomeEventId } from '../ids.ts';

export type OutcomeEvent = Selectable<Schema['outcome_events']>;

/**
 * Takes an event to be processed in this transaction; null when it is done, or another worker has it.
 */
export async function takeOutcomeEvent(tx: Tx, id: OutcomeEventId): Promise<OutcomeEvent | null> {
  const event = await tx
    .updateTable('outcome_events')
    .set({ processed_at: sql`now()` })
    .where('id', '=', id)
    .where('processed_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return event ?? null;
}

/** Events that nobody has processed: each must have a feedback job. */
export async function openOutcomeEvents(db: Db, limit = 500): Promise<OutcomeEventId[]> {
  const open = db.selectFrom('outcome_events').select('id').where('processed_at', 'is', null);
  return (await open.orderBy('id').limit(limit).execute()).map(({ id }) => id);
}
