import { sql } from 'kysely';
import { DAY_MS, SECOND_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';

// The database's clock: workers run on several hosts, and only one clock may decide. It is read when the row is
// held (`clock_timestamp`), not when the statement began to wait for it.

/** No stretch begins later, so that a rate of one message a day does not outlive its setting by weeks. */
const LATEST_MS = DAY_MS;

/**
 * Takes the next free stretch of a name's time, and answers how many milliseconds it is until that begins. Who asks
 * first is first, whichever worker it is, and none asks twice for the same.
 *
 * @param latestMs no stretch begins later than that from now: then several may share one.
 */
export async function takeStretch(
  db: Db,
  name: string,
  stretchMs: number,
  latestMs: number = LATEST_MS,
): Promise<number> {
  const { rows } = await sql<{ wait_ms: number }>`
    insert into allowances as a (name, next_at) values (${name}, clock_timestamp() + ${ms(stretchMs)})
    on conflict (name) do update
    set next_at = least(greatest(a.next_at, clock_timestamp()), clock_timestamp() + ${ms(latestMs)}) + ${ms(stretchMs)}
    returning (extract(epoch from a.next_at - clock_timestamp()) * 1000)::float8 as wait_ms`.execute(db);
  return Math.max(0, (rows[0]?.wait_ms ?? 0) - stretchMs);
}

/** So many messages of a receiver that is sent at most `per_second`. */
export interface Asked {
  readonly name: string;
  readonly messages: number;
  readonly per_second: number;
}

/** What was not taken for so long is lost. */
const SAVED_MS = 2 * SECOND_MS;

/**
 * Takes of each name as many messages as its rate allows at this moment, and answers how many those are. Names in one
 * order, so that two workers never wait for each other in a circle.
 */
export async function takeMessages(db: Db, asked: readonly Asked[]): Promise<Map<string, number>> {
  const column = <Key extends keyof Asked>(key: Key) => asked.map((one) => one[key]);
  const { rows } = await sql<{ name: string; granted: number }>`
    with asked as (
      select * from unnest(${column('name')}::text[], ${column('messages')}::int[], ${column('per_second')}::float8[])
        as w(name, messages, per_second)
    ), held as (
      select name, next_at from allowances where name in (select name from asked) order by name for update
    ), given as (
      select name, per_second, from_when, least(messages,
        floor(extract(epoch from clock_timestamp() - from_when) * per_second))::int as granted
      from asked join held using (name)
      cross join lateral (select greatest(next_at, clock_timestamp() - ${ms(SAVED_MS)}) as from_when) f
    )
    update allowances a
    set granted = greatest(0, g.granted),
        next_at = g.from_when + greatest(0, g.granted) / g.per_second * interval '1 second'
    from given g where a.name = g.name
    returning a.name, a.granted`.execute(db);
  const granted = new Map(rows.map((row) => [row.name, row.granted]));
  const unknown = asked.filter(({ name }) => !granted.has(name)).map(({ name }) => name);
  if (unknown.length > 0) await openAllowances(db, unknown);
  return granted;
}

/** From this moment on something is saved under these names. */
async function openAllowances(db: Db, names: readonly string[]): Promise<void> {
  await sql`
    insert into allowances (name, next_at) select unnest(${[...names].toSorted()}::text[]), clock_timestamp()
    on conflict do nothing`.execute(db);
}

function ms(milliseconds: number) {
  return sql`${milliseconds}::float8 * interval '1 millisecond'`;
}
