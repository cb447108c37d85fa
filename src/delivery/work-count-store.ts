import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { WorkCount } from '../db/send-tables.ts';
import type { SendId, SubscriberId } from '../ids.ts';
import { providerOf } from '../outbound/providers.ts';

/** Flushes are counted by size up to each of these, and beyond. */
export const FLUSH_SIZES = [1, 2, 5, 10, 20, 50, 100] as const;

/** Batches that are worked at once rarely share a stripe, so their commits do not wait for each other. */
const STRIPES = 16;
const stripeOf = (batch: number) => batch % STRIPES;

const addUp = sql`on conflict (publication_id, stripe, name, label)
    do update set count = work_counts.count + excluded.count`;

/**
 * A part of the statement that records outcomes: counts what it recorded, and the flush. It reads its parts
 * `recorded` (state, provider) and `clock` (publication_id). In key order, so that two never wait for each other
 * in a circle.
 */
export function countingFlush(batch: number, size: number): RawBuilder<unknown> {
  const upTo = FLUSH_SIZES.find((bound) => size <= bound) ?? '+Inf';
  return sql`
      insert into work_counts (publication_id, stripe, name, label, count)
      select clock.publication_id, ${stripeOf(batch)}::smallint, c.name, c.label, c.count
      from clock cross join (
        select state as name, provider as label, count(*) as count from recorded group by state, provider
        union all values ('flush', ${String(upTo)}::text, 1::bigint), ('flushed', '', ${size}::bigint)
      ) c
      order by c.name, c.label
      ${addUp}`;
}

/** Batches whose workers said nothing until their leases were over. */
export async function countLeaseExpiries(tx: Tx, send: SendId, batches: number): Promise<void> {
  if (batches === 0) return;
  await sql`
    insert into work_counts (publication_id, stripe, name, count)
    select publication_id, 0, 'lease expiry', ${batches}::bigint from sends where id = ${send}
    ${addUp}`.execute(tx);
}

/** Deliveries that became unknown without an attempt of this worker's: the one that marked them is gone. */
export async function countUnknown(tx: Tx, send: SendId, ids: readonly SubscriberId[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql<{ email: string }>`
    select coalesce(s.email, '') as email
    from unnest(${ids}::bigint[]) as i(id) left join subscribers s on s.id = i.id`.execute(tx);
  const providers = rows.map(({ email }) => providerOf(email));
  await sql`
    insert into work_counts (publication_id, stripe, name, label, count)
    select s.publication_id, 0, 'unknown', p.provider, count(*)
    from sends s cross join unnest(${providers}::text[]) as p(provider)
    where s.id = ${send} group by s.publication_id, p.provider order by p.provider
    ${addUp}`.execute(tx);
}

export interface CountedWork {
  readonly publication: string;
  readonly name: WorkCount;
  readonly label: string;
  readonly count: number;
}

/** Everything that was counted since the press was set up. */
export async function countedWork(db: Db): Promise<CountedWork[]> {
  const { rows } = await sql<CountedWork>`
    select p.slug as publication, c.name, c.label, sum(c.count)::bigint as count
    from work_counts c join publications p on p.id = c.publication_id
    group by p.slug, c.name, c.label order by p.slug, c.name, c.label`.execute(db);
  return rows;
}
