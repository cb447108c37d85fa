import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { ledgerOf } from './partition-store.ts';
import { keepTallies } from './tally-store.ts';

/** Sends that were over before then, with rows in the ledger and nothing left to be done about them. */
export async function sendsOverBefore(db: Db, time: Date): Promise<SendId[]> {
  const { rows } = await sql<{ id: SendId }>`
    select id from sends s
    where state in ('finished', 'cancelled') and finished_at < ${time} and frozen_at is not null and condensed_at is null
      and not exists (select from outcome_events where send_id = s.id and processed_at is null)
    order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** The last word on batches whose workers died. */
export async function keepLastTallies(tx: Tx, id: SendId): Promise<void> {
  const { rows } = await sql<{ number: number }>`
    select number from batches where send_id = ${id} and not is_counted order by number for no key update`.execute(
    tx,
  );
  await keepTallies(
    tx,
    id,
    rows.map(({ number }) => number),
  );
}

export async function dropDetails(tx: Tx, id: SendId): Promise<void> {
  await sql`update batches set subscriber_ids = '{}' where send_id = ${id}`.execute(tx);
  await sql`delete from outcome_events where send_id = ${id}`.execute(tx);
  await sql`delete from retries where parent_id = ${id}`.execute(tx);
  await sql`update sends set condensed_at = now() where id = ${id}`.execute(tx);
}

/**
 * Drops a send's part of the ledger. For an instant nobody may be at work in the ledger as a whole (receipts, freezes;
 * workers name their own parts): where somebody is for longer (a backup), it gives up rather than have others
 * wait behind it.
 *
 * @throws a database error with code 55P03, lock_not_available.
 */
export async function dropLedger(tx: Tx, id: SendId): Promise<void> {
  await sql`set local lock_timeout = '0.5s'`.execute(tx);
  await sql`drop table ${ledgerOf(id)}`.execute(tx);
}
