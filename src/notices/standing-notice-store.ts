import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

export interface StandingNotices {
  /** Without a final outcome. */
  readonly pending: number;
  /** Since the oldest of them was made. */
  readonly oldest_seconds: number;
  /** For how long the one that waits longest has been due, with no worker on it. */
  readonly queue_seconds: number;
}

/** What stands where at this moment, for /metrics; `notices_open` is the index. */
export async function standingNotices(db: Db): Promise<StandingNotices> {
  // earlier versions made notices that are due since 1970: they wait since they were made
  const { rows } = await sql<StandingNotices>`
    select count(*) as pending,
      coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest_seconds,
      coalesce(max(extract(epoch from now() - greatest(due_at, created_at, lease_until)))
        filter (where due_at <= now() and (lease_until is null or lease_until < now())), 0)::float8 as queue_seconds
    from notices
    where state in ('queued', 'handed over', 'deferred', 'unknown') and not (state = 'unknown' and resent)`.execute(
    db,
  );
  return rows[0] ?? { pending: 0, oldest_seconds: 0, queue_seconds: 0 };
}
