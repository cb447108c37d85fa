import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { SendState } from '../db/send-tables.ts';
import { mayBeClaimed } from './guard-store.ts';

// What stands where at this moment, for /metrics. Sends and open batches are few; the ledger is not read.

export interface StandingSends {
  readonly publication: string;
  readonly state: SendState;
  readonly count: number;
  /** Those of them that wait for a mail server. */
  readonly waiting: number;
}

export async function standingSends(db: Db): Promise<StandingSends[]> {
  const { rows } = await sql<StandingSends>`
    select p.slug as publication, s.state, count(*) as count, count(s.waiting_reason) as waiting
    from sends s join publications p on p.id = s.publication_id
    group by p.slug, s.state order by p.slug, s.state`.execute(db);
  return rows;
}

export interface OpenWork {
  readonly publication: string;
  readonly batches: number;
  /** Readers of batches that are not done. */
  readonly readers: number;
  /** Since the oldest of these sends started. */
  readonly age_seconds: number;
}

/** For each publication, what its running and paused sends still have to do. */
export async function openWork(db: Db): Promise<OpenWork[]> {
  const { rows } = await sql<OpenWork>`
    select p.slug as publication, count(b.number) as batches, coalesce(sum(b.size), 0)::bigint as readers,
      coalesce(extract(epoch from now() - min(s.started_at) filter (where b.number is not null)), 0)::float8
        as age_seconds
    from publications p
    left join sends s on s.publication_id = p.id and s.state in ('sending', 'paused')
    left join batches b on b.send_id = s.id and b.is_open
    group by p.slug order by p.slug`.execute(db);
  return rows;
}

export interface QueueAges {
  readonly batch: number;
  readonly freeze: number;
  readonly feedback: number;
}

/** For how many seconds the work that waits longest has been due, with no worker on it; 0 where none waits. */
export async function queueAges(db: Db): Promise<QueueAges> {
  const { rows } = await sql<QueueAges>`
    select
      (select coalesce(max(extract(epoch from now() - greatest(b.due_at, b.lease_until, s.running_since))), 0)::float8
        from sends s join batches b on b.send_id = s.id
        where s.state = 'sending' and (s.waiting_until is null or s.waiting_until <= now())
          and b.is_open and b.due_at <= now() and (b.lease_until is null or b.lease_until < now())
          and ${mayBeClaimed}) as batch,
      (select coalesce(greatest(extract(epoch from now() - min(due_at)), 0), 0)::float8
        from sends where state = 'scheduled') as freeze,
      (select coalesce(extract(epoch from now() - min(at)), 0)::float8
        from outcome_events where processed_at is null) as feedback`.execute(db);
  return rows[0] ?? { batch: 0, freeze: 0, feedback: 0 };
}
