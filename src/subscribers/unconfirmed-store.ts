import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';

/**
 * Pending readers who were asked, and not since then; who never was (an import without `--ask`) is not among
 * them. Held to the end of the transaction; whom somebody else holds is just signing up or confirming.
 */
export async function lockUnconfirmed(tx: Tx, askedBefore: Date, limit: number): Promise<SubscriberId[]> {
  const { rows } = await sql<{ id: SubscriberId }>`
    select s.id from subscribers s
    where s.status = 'pending'
      and exists (select from consents c where c.subscriber_id = s.id)
      and not exists (select from consents c where c.subscriber_id = s.id and c.requested_at >= ${askedBefore})
    limit ${limit} for update of s skip locked`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Leaves those who signed up again just before they were locked. Consents, history and notices go with the row. */
export async function deleteUnconfirmed(
  tx: Tx,
  ids: readonly SubscriberId[],
  askedBefore: Date,
): Promise<number> {
  const result = await sql`
    delete from subscribers s
    where s.id = any(${ids}::bigint[]) and s.status = 'pending'
      and not exists (select from consents c where c.subscriber_id = s.id and c.requested_at >= ${askedBefore})`.execute(
    tx,
  );
  return Number(result.numAffectedRows ?? 0n);
}
