import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { PublicationId, SendId } from '../ids.ts';
import { PROVIDER_COLUMNS } from '../outbound/providers.ts';

/** How an audience is frozen where it is not simply everybody at once. */
export interface AudienceShape {
  readonly publication: PublicationId;
  readonly batchSize: number;
  /** So many readers go first. */
  readonly canarySize: number;
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
 * The audience, frozen exactly, in one statement, as {@link freezeAudience} does; the canary's batches come first.
 * Its readers are taken from each provider in turn.
 */
export async function freezeShaped(tx: Tx, send: SendId, shape: AudienceShape): Promise<FrozenAudience> {
  const { publication, batchSize, canarySize } = shape;
  const { domains, providers } = PROVIDER_COLUMNS;
  const { rows } = await sql<FrozenAudience>`
    with readers as (
      select id, email, now() as due_at from subscribers
      where publication_id = ${publication} and status = 'active'
    ), pool as (
      select id, email, due_at from readers order by due_at, id limit ${Math.max(LEAST_POOL, POOL * canarySize)}
    ), turns as (
      select pool.id, pool.due_at, p.provider,
        row_number() over (partition by pool.due_at, p.provider order by pool.id) as turn
      from pool left join unnest(${domains}::text[], ${providers}::text[]) as p(domain, provider)
        on p.domain = lower(substring(pool.email from '[^@]*$'))
    ), canary as materialized (
      select id, due_at from turns order by due_at, turn, provider limit ${canarySize}
    ), placed as (
      select id, due_at, true as first from canary
      union all
      select id, due_at, false from readers where id not in (select id from canary)
    ), chunked as (
      select id, due_at, first,
        (row_number() over (partition by first, due_at order by id) - 1) / ${batchSize}::int as chunk
      from placed
    ), frozen as (
      insert into batches (send_id, number, subscriber_ids, size, due_at)
      select ${send}::bigint, row_number() over (order by first desc, due_at, chunk),
        array_agg(id order by id), count(*), due_at
      from chunked group by first, due_at, chunk
      returning size
    )
    select (select coalesce(sum(size), 0)::bigint from frozen) as size,
      (select count(distinct (due_at, chunk)) from chunked where first) as canary_batches,
      (select count(*) from chunked where not first) as others`.execute(tx);
  return rows[0] ?? { size: 0, canary_batches: 0, others: 0 };
}
