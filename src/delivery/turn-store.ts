import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { mayBeClaimed } from './guard-store.ts';

export interface Turn {
  readonly send: SendId;
  readonly batch: number;
}

/**
 * The batch whose turn it is: of the sends that have one to work, that with the fewest batches under way, then the
 * one that waits longest since its last. So sends share the workers evenly, whichever began first and however large
 * they are. Null: nothing is to be worked.
 */
export async function nextTurn(db: Db): Promise<Turn | null> {
  const { rows } = await sql<Turn>`
    select s.id as send, ready.batch
    from sends s
    cross join lateral (
      select b.number as batch from batches b
      where b.send_id = s.id and b.is_open and b.due_at <= now() and (b.lease_until is null or b.lease_until < now())
        and ${mayBeClaimed}
      order by b.number limit 1
    ) ready
    cross join lateral (
      select (select count(*) from batches where send_id = s.id and not is_counted and lease_until >= now()) as under_way,
        (select max(claimed_at) from batches where send_id = s.id) as last
    ) had
    where s.state = 'sending' and (s.waiting_until is null or s.waiting_until <= now())
    order by had.under_way, had.last nulls first, s.id limit 1`.execute(db);
  return rows[0] ?? null;
}
