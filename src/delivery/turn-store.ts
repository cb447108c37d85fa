import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { mayBeClaimed } from './guard-store.ts';

export interface Turn {
  readonly send: SendId;
  readonly batch: number;
}

/** Sends `s` that have a batch to be worked now: the first of them is `ready.batch`. */
const readySends = sql`
    sends s cross join lateral (
      select b.number as batch from batches b
      where b.send_id = s.id and b.is_open and b.due_at <= now() and (b.lease_until is null or b.lease_until < now())
        and ${mayBeClaimed}
      order by b.number limit 1
    ) ready
    where s.state = 'sending' and (s.waiting_until is null or s.waiting_until <= now())`;

const underWay = (send: RawBuilder<unknown>) =>
  sql`(select count(*) from batches where send_id = ${send} and not is_counted and lease_until >= now())`;

/**
 * The batch whose turn it is: of the sends that have one to work, that with the fewest batches under way, then the
 * one that waits longest since its last. So sends share the workers evenly, whichever began first and however large
 * they are. Null: nothing is to be worked.
 */
export async function nextTurn(db: Db): Promise<Turn | null> {
  const { rows } = await sql<Turn>`
    select s.id as send, ready.batch from ${readySends}
    order by ${underWay(sql`s.id`)}, (select max(claimed_at) from batches where send_id = s.id) nulls first, s.id
    limit 1`.execute(db);
  return rows[0] ?? null;
}

/**
 * Whether a send should let a batch go that it has been at for long: another one has a batch to be worked, and fewer
 * under way by two or more, so that they are more even afterwards.
 */
export async function mustYield(db: Db, send: SendId): Promise<boolean> {
  const { rows } = await sql`
    select s.id from ${readySends} and ${underWay(sql`s.id`)} + 2 <= ${underWay(sql`${send}::bigint`)}
    limit 1`.execute(db);
  return rows.length > 0;
}
