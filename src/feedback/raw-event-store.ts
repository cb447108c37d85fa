import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { RawEventId } from '../ids.ts';
import type { RawEvent, Received } from './raw-event.ts';

/** All in one statement. Answers the ids of those that were not there yet, by source and external id. */
export async function insertRawEvents(
  db: Db,
  received: readonly Received[],
): Promise<Map<string, RawEventId>> {
  const rows = await db
    .insertInto('raw_events')
    .values(received.map((each) => ({ ...each, headers: JSON.stringify(each.headers) })))
    .onConflict((conflict) => conflict.columns(['source', 'external_id']).doNothing())
    .returning(['id', 'source', 'external_id'])
    .execute();
  return new Map(rows.map((row) => [keyOf(row), row.id]));
}

/** A raw event's name in the map of {@link insertRawEvents}. */
export function keyOf({ source, external_id }: Pick<RawEvent, 'source' | 'external_id'>): string {
  return `${source} ${external_id}`;
}

/** What waits and is due, the oldest first: each must have an inbox job. */
export async function openRawEvents(db: Db, limit: number): Promise<RawEventId[]> {
  const { rows } = await sql<{ id: RawEventId }>`
    select id from raw_events where processed_at is null and due_at <= now() order by id limit ${limit}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** For how many seconds the oldest that is not processed has waited; 0 where none does. */
export async function inboxAge(db: Db): Promise<number> {
  const { rows } = await sql<{ age: number }>`
    select greatest(extract(epoch from now() - received_at), 0)::float8 as age
    from raw_events where processed_at is null order by id limit 1`.execute(db);
  return rows[0]?.age ?? 0;
}

/** Null when it is processed. */
export async function openRawEvent(db: Db, id: RawEventId): Promise<RawEvent | null> {
  const row = await db
    .selectFrom('raw_events')
    .select(['id', 'source', 'external_id', 'received_at', 'headers', 'body'])
    .where('id', '=', id)
    .where('processed_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Holds the row until the transaction ends; false when it is processed, or another worker holds it. */
export async function holdRawEvent(tx: Tx, id: RawEventId): Promise<boolean> {
  const { rows } = await sql`
    select from raw_events where id = ${id} and processed_at is null for update skip locked`.execute(tx);
  return rows.length > 0;
}

export async function finishRawEvent(tx: Tx, id: RawEventId, result: object): Promise<void> {
  await tx
    .updateTable('raw_events')
    .set({ processed_at: sql`now()`, result: JSON.stringify(result) })
    .where('id', '=', id)
    .where('processed_at', 'is', null)
    .execute();
}

/** After a fault: again in 2 s, 4 s, 8 s... and at the most every hour, for as long as it takes. */
export async function postponeRawEvent(db: Db, id: RawEventId, fault: string): Promise<void> {
  await sql`
    update raw_events set attempts = least(attempts + 1, 1000), result = ${JSON.stringify({ fault })}::jsonb,
      due_at = now() + least(power(2, least(attempts + 1, 12)), 3600) * interval '1 second'
    where id = ${id} and processed_at is null`.execute(db);
}

/** What came since then waits to be processed again; answers which, the oldest first. */
export async function reopenRawEvents(db: Db, since: Date | null): Promise<RawEventId[]> {
  const { rows } = await sql<{ id: RawEventId }>`
    update raw_events set processed_at = null, attempts = 0, due_at = now()
    where processed_at is not null and (${since}::timestamptz is null or received_at >= ${since})
    returning id`.execute(db);
  return rows.map(({ id }) => id).sort((a, b) => a - b);
}

export interface ReplayResult {
  /** Not processed, and not set aside for a fault. */
  readonly waiting: number;
  readonly changed: number;
}

export async function replayResult(db: Db, ids: readonly RawEventId[]): Promise<ReplayResult> {
  const { rows } = await sql<ReplayResult>`
    select count(*) filter (where processed_at is null and attempts = 0) as waiting,
      coalesce(sum((result->>'acted')::int) filter (where processed_at is not null), 0)::bigint as changed
    from raw_events where id = any(${ids}::bigint[])`.execute(db);
  return rows[0] ?? { waiting: 0, changed: 0 };
}

/** Rows of one statement, so that nobody waits for long. */
const DELETED_AT_ONCE = 1000;

/** What is processed and older than that; what it did stays, and no longer names it. Answers how many. */
export async function deleteRawEvents(db: Db, before: Date): Promise<number> {
  for (let deleted = 0; ; ) {
    const result = await sql`
      delete from raw_events where id in (
        select id from raw_events where processed_at is not null and received_at < ${before} order by id
        limit ${DELETED_AT_ONCE})`.execute(db);
    const now = Number(result.numAffectedRows ?? 0n);
    deleted += now;
    if (now < DELETED_AT_ONCE) return deleted;
  }
}

/**
 * For one who is erased: the address goes from all that came from outside, in whatever case it is written there; other
 * people's events stand in the same bodies. Everything that is kept is read once.
 */
export async function eraseFromRawEvents(tx: Tx, addressKey: string): Promise<void> {
  const pattern = addressKey.replace(/[^a-z0-9]/gi, '\\$&');
  await sql`
    update raw_events
    set body = decode(regexp_replace(encode(body, 'escape'), ${pattern}, 'ADDRESS', 'gi'), 'escape')
    where position(${addressKey} in lower(encode(body, 'escape'))) > 0`.execute(tx);
}
