import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

// The database's clock: workers run on several hosts, and only one clock may decide. It is read when the row is
// held (`clock_timestamp`), not when the statement began to wait for it.

/**
 * Takes the next free stretch of a name's time, and answers how many milliseconds it is until that begins. Who asks
 * first is first, whichever worker it is, and none asks twice for the same.
 */
export async function takeStretch(db: Db, name: string, stretchMs: number): Promise<number> {
  const stretch = sql`${stretchMs}::float8 * interval '1 millisecond'`;
  const { rows } = await sql<{ wait_ms: number }>`
    insert into allowances as a (name, next_at) values (${name}, clock_timestamp() + ${stretch})
    on conflict (name) do update set next_at = greatest(a.next_at, clock_timestamp()) + ${stretch}
    returning (extract(epoch from a.next_at - clock_timestamp()) * 1000)::float8 - ${stretchMs}::float8 as wait_ms`.execute(
    db,
  );
  return Math.max(0, rows[0]?.wait_ms ?? 0);
}
