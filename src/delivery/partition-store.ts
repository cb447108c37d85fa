import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { SendId } from '../ids.ts';

// Each send that was started has its rows of `deliveries` in a table of its own. What knows its send names that table: then
// the plan hangs neither on how many others there are nor on how many rows of each the planner believes in.

/** `deliveries_s12` of send s12. */
export function ledgerOf(send: SendId): RawBuilder<unknown> {
  return sql.table(`deliveries_s${send}`);
}

/**
 * A row is updated twice while it is fresh: by its mark, and by its outcome, which is longer. On a page that is half
 * empty the new versions find room beside the old one, and no index entry has to be written (a HOT update).
 */
const FILLFACTOR = 40;

/**
 * Makes a send's part of the ledger. Attaching it waits for no reader and no writer of the ledger, as `create table ...
 * partition of` would (SHARE UPDATE EXCLUSIVE, that one ACCESS EXCLUSIVE).
 */
export async function makeLedger(tx: Tx, send: SendId): Promise<void> {
  await sql`
    create table ${ledgerOf(send)} (
      like deliveries including defaults including constraints, primary key (subscriber_id)
    ) with (fillfactor = ${sql.lit(FILLFACTOR)})`.execute(tx);
  await sql`
    alter table deliveries attach partition ${ledgerOf(send)} for values in (${sql.lit(send)})`.execute(tx);
}

/**
 * A list that the planner does not see into: it takes any such list for ten elements, and looks each row up by its key
 * however large it believes the table to be, analyzed or not. (Seen plainly, 500 ids against a table of 20,000 rows,
 * or one of a million before the first `analyze`, made it read the whole table.)
 */
export function unseen(list: readonly unknown[], type: 'bigint' | 'int' | 'text'): RawBuilder<unknown> {
  const array = sql.raw(`${type}[]`);
  // cast once more, or `any(...)` would take it for a subquery of lists
  return sql`(select ${list}::${array})::${array}`;
}
