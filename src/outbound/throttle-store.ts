import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { type Limit, limitAt, slower } from './throttle-steps.ts';

// The database's clock: workers run on several hosts, and only one clock may decide.

/** A pace is what went in so many seconds. */
const PACE_SECONDS = 10;

export interface ProviderLimit extends Limit {
  readonly provider: string;
  /** The moment of reading, in milliseconds. */
  readonly now: number;
}

const limitColumns = sql`provider, per_second, measured, (extract(epoch from halved_at) * 1000)::float8 as halved_at,
    (extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

/** Every limit that was set, those that have grown out since included. */
export async function readLimits(db: Db): Promise<ProviderLimit[]> {
  const { rows } = await sql<ProviderLimit>`select ${limitColumns} from throttles order by provider`.execute(
    db,
  );
  return rows;
}

export interface LimitInForce {
  readonly provider: string;
  /** Messages a second, over all workers. */
  readonly per_second: number;
  /** Readers of this provider were held back in the last seconds, or are now. */
  readonly holds_back: boolean;
}

export async function limitsInForce(db: Db): Promise<LimitInForce[]> {
  const { rows } = await sql<ProviderLimit & { holds_back: boolean }>`
    select ${limitColumns}, exists (
        select from allowances a
        where a.name = 'return ' || throttles.provider and a.next_at > clock_timestamp() - interval '5 seconds'
      ) as holds_back
    from throttles order by provider`.execute(db);
  return rows.flatMap(({ provider, holds_back, ...limit }) => {
    const per_second = limitAt(limit, limit.now);
    return per_second === null ? [] : [{ provider, per_second, holds_back }];
  });
}

export interface Counted {
  readonly provider: string;
  readonly messages: number;
}

/** Adds to the paces what this process had answered since it last did, and reads the limits: one statement. */
export async function tellPaces(db: Db, counted: readonly Counted[]): Promise<ProviderLimit[]> {
  const { rows } = await sql<ProviderLimit>`
    with moment as (
      select floor(extract(epoch from now()))::bigint as second
    ), old as (
      select provider, second from paces
      where second < (select second from moment) - ${PACE_SECONDS} for update skip locked
    ), gone as (
      delete from paces p using old where p.provider = old.provider and p.second = old.second
    ), told as (
      insert into paces (provider, second, messages)
      select c.provider, moment.second, c.messages
      from moment cross join unnest(
        ${counted.map(({ provider }) => provider)}::text[], ${counted.map(({ messages }) => messages)}::int[]
      ) as c(provider, messages)
      order by c.provider
      on conflict (provider, second) do update set messages = paces.messages + excluded.messages
    )
    select ${limitColumns} from throttles order by provider`.execute(db);
  return rows;
}

/** Heeds a provider that asks for less; answers its limit, or null where there is nothing to limit. */
export function slowDown(db: Db, provider: string): Promise<Limit | null> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`throttle ${provider}`}, 0))`.execute(tx);
    const limit = (await readLimits(tx)).find((one) => one.provider === provider) ?? null;
    const { per_second, now } = await paceOf(tx, provider);
    const next = slower(limit, per_second, now);
    if (next === null) await deleteLimit(tx, provider);
    else if (next !== limit) await writeLimit(tx, provider, next);
    return next;
  });
}

async function paceOf(tx: Tx, provider: string): Promise<{ per_second: number; now: number }> {
  const { rows } = await sql<{ per_second: number; now: number }>`
    select coalesce(sum(messages)::float8 / (max(second) - min(second) + 1), 0)::float8 as per_second,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    from paces where provider = ${provider}
      and second >= floor(extract(epoch from clock_timestamp()))::bigint - ${PACE_SECONDS}`.execute(tx);
  return rows[0] ?? { per_second: 0, now: 0 };
}

async function writeLimit(tx: Tx, provider: string, limit: Limit): Promise<void> {
  await sql`
    insert into throttles (provider, per_second, measured, halved_at)
    values (${provider}, ${limit.per_second}, ${limit.measured}, to_timestamp(${limit.halved_at}::float8 / 1000))
    on conflict (provider) do update
    set per_second = excluded.per_second, measured = excluded.measured, halved_at = excluded.halved_at`.execute(
    tx,
  );
}

async function deleteLimit(tx: Tx, provider: string): Promise<void> {
  await tx.deleteFrom('throttles').where('provider', '=', provider).execute();
}

/** A limit that has grown out goes, unless it was halved again meanwhile, and with it what was counted for it. */
export async function forgetLimit(db: Db, { provider, halved_at }: ProviderLimit): Promise<void> {
  await sql`
    with over as (
      delete from throttles
      where provider = ${provider}
        and halved_at <= to_timestamp(${halved_at}::float8 / 1000) + interval '1 millisecond'
      returning provider
    )
    delete from allowances using over where name in ('provider ' || over.provider, 'return ' || over.provider)`.execute(
    db,
  );
}
