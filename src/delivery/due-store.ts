import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { PublicationId, SendId } from '../ids.ts';

/** Scheduled sends whose time has come: each must have a freeze job. */
export async function dueSends(db: Db, now: Date): Promise<SendId[]> {
  const due = db.selectFrom('sends').select('id').where('state', '=', 'scheduled').where('due_at', '<=', now);
  return (await due.orderBy('due_at').limit(100).execute()).map(({ id }) => id);
}

/** Sends that have nothing left to do and were not told so (their last worker was killed). */
export async function finishableSends(db: Db): Promise<SendId[]> {
  const { rows } = await sql<{ id: SendId }>`
    select id from sends s
    where s.state = 'sending' and not exists (select from batches b where b.send_id = s.id and b.is_open)`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Writes down that a slot has come; false when it was handled before: a slot acts once. */
export async function insertSlotRun(tx: Tx, publication: PublicationId, slotAt: Date): Promise<boolean> {
  const result = await tx
    .insertInto('slot_runs')
    .values({ publication_id: publication, slot_at: slotAt, send_id: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function setSlotSend(
  tx: Tx,
  publication: PublicationId,
  slotAt: Date,
  send: SendId,
): Promise<void> {
  await tx
    .updateTable('slot_runs')
    .set({ send_id: send })
    .where('publication_id', '=', publication)
    .where('slot_at', '=', slotAt)
    .execute();
}

export async function slotHasRun(db: Db, publication: PublicationId, slotAt: Date): Promise<boolean> {
  const run = db.selectFrom('slot_runs').select('slot_at').where('publication_id', '=', publication);
  return (await run.where('slot_at', '=', slotAt).executeTakeFirst()) !== undefined;
}
