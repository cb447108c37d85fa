import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import type { DeliveryState } from '../../src/db/send-tables.ts';
import type { SendId } from '../../src/ids.ts';

/** What the ledger says of one reader of a send's frozen audience; `state` null: there is no row. */
export interface LedgerRow {
  readonly email: string;
  readonly state: DeliveryState | null;
  readonly reply: string | null;
}

export async function ledgerOf(db: Db, send: SendId): Promise<LedgerRow[]> {
  const { rows } = await sql<LedgerRow>`
    select s.email, d.state, d.reply
    from (select unnest(subscriber_ids) as id from batches where send_id = ${send}) a
    join subscribers s on s.id = a.id
    left join deliveries d on d.send_id = ${send} and d.subscriber_id = a.id`.execute(db);
  return rows;
}

/**
 * The waits of what is deferred (minutes, an hour) pass at once: rows become due, and then their batches, as if the clock
 * had gone on. A send that waits for its mail server, leases and unknown rows wait in real time.
 */
export async function passDeferrals(db: Db, send: SendId): Promise<void> {
  await sql`
    update deliveries set due_at = due_at - interval '2 hours'
    where send_id = ${send} and state = 'deferred' and due_at > now()`.execute(db);
  // a statement of its own: the batch may have been let go, by the rows' old times, while the first one ran
  await sql`
    update batches b set due_at = now()
    where b.send_id = ${send} and b.is_open and b.due_at > now() and exists (
      select from deliveries d where d.send_id = ${send} and d.subscriber_id = any(b.subscriber_ids)
        and d.state = 'deferred' and d.due_at <= now())`.execute(db);
}

/** Claims whose lease has run out under its worker, while nobody has taken the batch over yet. */
export async function expiredClaims(db: Db, send: SendId): Promise<string[]> {
  const { rows } = await sql<{ claim: string }>`
    select number || '/' || fence as claim from batches
    where send_id = ${send} and is_open and lease_until < now()`.execute(db);
  return rows.map(({ claim }) => claim);
}

/** How many rows are in each state, for a round that got stuck. */
export async function statesOf(db: Db, send: SendId): Promise<string> {
  const { rows } = await sql<{ state: string; count: number; due: string | null }>`
    select state, count(*)::bigint as count, min(due_at)::text as due from deliveries
    where send_id = ${send} group by state
    union all
    select 'batches open', count(*)::bigint, min(due_at)::text from batches where send_id = ${send} and is_open
    union all
    select 'send ' || state, 1, coalesce(waiting_reason, '') from sends where id = ${send}`.execute(db);
  return rows.map(({ state, count, due }) => `${count} ${state}${due ? ` (${due})` : ''}`).join(', ');
}
