import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { PublicationId, SendId } from '../ids.ts';
import { PROVIDER_COLUMNS } from '../outbound/providers.ts';

/** How an audience is frozen where it is not simply everybody at once. */
export interface AudienceShape {
  readonly publication: PublicationId;
  readonly batchSize: number;
  /** So many readers go first. */
  readonly canarySize: number;
  readonly local: LocalHour | null;
}

/** Each reader gets it when their wall clock shows a time. */
interface LocalHour {
  /** `2026-12-01T08:00` */
  readonly at: string;
  /** Of the publication: for readers whose zone is not known. */
  readonly timezone: string;
}

export interface FrozenAudience {
  readonly size: number;
  /** The first so many batches are the canary. */
  readonly canary_batches: number;
  /** Readers in the other batches. */
  readonly others: number;
}

/**
 * The canary is chosen among the first readers of the list, this many for each of its own: providers that come
 * later are rare, and looking for one among a million readers would take a second.
 */
const POOL = 20;
const LEAST_POOL = 10_000;

/**
 * The audience, frozen exactly, in one statement: one batch has one due time, and the canary's come first. Its
 * readers are those who are due first, taken from each provider in turn.
 */
export async function freezeShaped(tx: Tx, send: SendId, shape: AudienceShape): Promise<FrozenAudience> {
  const { publication, batchSize, canarySize, local } = shape;
  const { domains, providers } = PROVIDER_COLUMNS;
  const { rows } = await sql<FrozenAudience>`
    with ${local === null ? everybodyNow(publication) : readersByHour(publication, local)},
    pool as (
      select id, email, due_at from readers order by due_at, id limit ${Math.max(LEAST_POOL, POOL * canarySize)}
    ), turns as (
      select pool.id, pool.due_at, p.provider,
        row_number() over (partition by pool.due_at, p.provider order by pool.id) as turn
      from pool left join unnest(${domains}::text[], ${providers}::text[]) as p(domain, provider)
        on p.domain = lower(substring(pool.email from '[^@]*$'))
    ), canary as materialized (
      select id, due_at from turns order by due_at, turn, provider limit ${canarySize}
    ), groups as materialized (
      select true as first, due_at, array_agg(id order by id) as ids from canary group by due_at
      union all
      select false, due_at, array_agg(id order by id) from readers where id not in (select id from canary) group by due_at
    ), slices as materialized (
      select first, due_at, n, ids[n * ${batchSize}::int + 1 : n * ${batchSize}::int + ${batchSize}::int] as ids
      from groups cross join generate_series(0, (cardinality(ids) - 1) / ${batchSize}::int) as n
    ), frozen as (
      insert into batches (send_id, number, subscriber_ids, size, due_at)
      select ${send}::bigint, row_number() over (order by first desc, due_at, n), ids, cardinality(ids), due_at from slices
      returning size
    )
    select (select coalesce(sum(size), 0)::bigint from frozen) as size,
      (select count(*) from slices where first) as canary_batches,
      (select coalesce(sum(cardinality(ids)), 0)::bigint from groups where not first) as others`.execute(tx);
  return rows[0] ?? { size: 0, canary_batches: 0, others: 0 };
}

function everybodyNow(publication: PublicationId): RawBuilder<unknown> {
  return sql`
    readers as not materialized (
      select id, email, now() as due_at from subscribers
      where publication_id = ${publication} and status = 'active'
    )`;
}

/**
 * Each reader with the instant of their own hour; where it is over, now. A time that clocks skip comes as much later
 * as they skip (02:30 at 03:30), one that comes twice is its second: so Postgres reads them. It would also throw at
 * a zone that it does not know; such readers, as those without one, get it at the publication's hour.
 */
function readersByHour(publication: PublicationId, { at, timezone }: LocalHour): RawBuilder<unknown> {
  const active = sql`publication_id = ${publication} and status = 'active'`;
  return sql`
    wanted as (
      select lower(timezone) as name from subscribers where ${active} and timezone is not null
      union select lower(${timezone})
    ), hours as materialized (
      select wanted.name, greatest(min(${at}::timestamp at time zone known.name), now()) as due_at
      from wanted join pg_timezone_names known on lower(known.name) = wanted.name group by wanted.name
    ), home as materialized (
      select greatest(${at}::timestamp at time zone 'UTC', now()) as utc,
        (select due_at from hours where name = lower(${timezone})) as due_at
    ), readers as (
      select s.id, s.email, coalesce(hours.due_at, home.due_at, home.utc) as due_at
      from subscribers s cross join home left join hours on hours.name = lower(s.timezone)
      where ${active}
    )`;
}

/** Readers whose hour has not come yet. */
export interface LaterReaders {
  readonly readers: number;
  /** When the last of them get it. */
  readonly last_at: string;
}

export async function laterReaders(db: Db, send: SendId): Promise<LaterReaders | null> {
  const { rows } = await sql<{ readers: number; last_at: Date | null }>`
    select coalesce(sum(size), 0)::bigint as readers, max(due_at) as last_at from batches
    where send_id = ${send} and is_open and claimed_at is null and due_at > now()`.execute(db);
  const { readers = 0, last_at = null } = rows[0] ?? {};
  return last_at && { readers, last_at: last_at.toISOString() };
}
