import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { ledgerOf, unseen } from './partition-store.ts';

// Each batch keeps the counts of its rows, written in the statement in which it is let go, or in the transaction in
// which an editor changes its rows. While it is worked they are not kept (`is_counted` is false), and its rows are counted.

/** How many of some rows are in each state that is no longer to be sent now. */
export interface Tally {
  readonly accepted: number;
  readonly rejected: number;
  readonly deferred: number;
  readonly suppressed: number;
  readonly left: number;
  readonly unknown: number;
}

const STATES = ['accepted', 'rejected', 'deferred', 'suppressed', 'left', 'unknown'] as const;
const listed = (show: (state: keyof Tally) => RawBuilder<unknown>) => sql.join(STATES.map(show));
const column = (state: keyof Tally) => sql.ref(`${state}_count`);

/** Columns of an aggregate over rows of the ledger: a count for each state. */
const counted = listed((state) => sql`count(*) filter (where state = ${sql.lit(state)}) as ${column(state)}`);

/** Assignments that give a batch the counts of `r`, which has {@link counted} and {@link standing}. */
const kept = sql`is_open = r.is_open, due_at = coalesce(r.next_due_at, b.due_at), is_counted = true,
      ${listed((state) => sql`${column(state)} = r.${column(state)}`)}`;

/** More of the aggregate: is there a row that is not final, and when is the next of them due? */
const isOpen = sql`(state in ('queued', 'handed over', 'deferred') or (state = 'unknown' and due_at is not null))`;
const standing = sql`count(*) filter (where ${isOpen}) > 0 as is_open,
      min(case when state in ('queued', 'handed over') then now() else due_at end) filter (where ${isOpen}) as next_due_at`;

/**
 * Writes down how a batch of rows stands that its worker lets go, or that an editor changed: its counts, whether it is
 * open, and when it is due (with its earliest row; one that is held as `unknown` does not keep it open). The
 * caller holds the batches.
 */
export async function keepTallies(tx: Tx, send: SendId, batches: readonly number[]): Promise<void> {
  await sql`
    update batches b set ${kept}
    from (
      select number, rows.* from batches cross join lateral (
        select ${counted}, ${standing} from ${ledgerOf(send)} where subscriber_id = any(subscriber_ids)
      ) rows
      where send_id = ${send} and number = any(${unseen(batches, 'int')}) and claimed_at is not null
    ) r
    where b.send_id = ${send} and b.number = r.number`.execute(tx);
}

/** The tally of a send: what its batches keep, and the rows of those that are being worked. One statement, so one instant. */
export async function tallyOf(db: Db, send: SendId): Promise<Tally> {
  const sums = (of: string) =>
    listed((state) => sql`coalesce(sum(${sql.ref(`${of}.${state}_count`)}), 0)::bigint as ${sql.ref(state)}`);
  const { rows } = await sql<Tally>`
    select ${sums('t')} from (
      select ${listed(column)} from batches where send_id = ${send} and is_counted
      union all
      select rows.* from batches b cross join lateral (
        select ${counted} from deliveries d where d.send_id = ${send} and d.subscriber_id = any(b.subscriber_ids)
      ) rows
      where b.send_id = ${send} and not b.is_counted
    ) t`.execute(db);
  return rows[0] ?? { accepted: 0, rejected: 0, deferred: 0, suppressed: 0, left: 0, unknown: 0 };
}
