import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { RawEventId } from '../ids.ts';

/**
 * What became of a raw event, in one word: of a mail what it is, of a provider's request what came of it. `fault`: it is
 * tried again; `no reader`: nothing of ours is named in it; `nothing to do`: deliveries, opens and their like.
 */
export const OUTCOMES = [
  ...(['waiting', 'fault'] as const),
  ...(['bounce', 'delayed', 'complaint', 'unsubscribe', 'auto-reply', 'other'] as const),
  ...(['acted upon', 'no reader', 'nothing to do'] as const),
] as const;
export type RawOutcome = (typeof OUTCOMES)[number];

const OUTCOME = sql<RawOutcome>`case
  when processed_at is null then case when attempts > 0 then 'fault' else 'waiting' end
  when result->>'kind' is not null then result->>'kind'
  when coalesce((result->>'acted')::int, 0) > 0 then 'acted upon'
  when coalesce((result->>'unmatched')::int, 0) > 0 then 'no reader'
  else 'nothing to do' end`;

/** Counted no further back than this, so that the page is there at once however much came (100,000 took a quarter of a second). */
export const COUNTED = 40_000;

export interface RawCount {
  readonly source: string;
  readonly outcome: RawOutcome;
  readonly count: number;
}

/** Of the newest {@link COUNTED}. */
export async function countRawEvents(db: Db): Promise<RawCount[]> {
  const { rows } = await sql<RawCount>`
    select source, outcome, count(*) as count from (
      select source, ${OUTCOME} as outcome from raw_events order by id desc limit ${COUNTED}
    ) newest group by source, outcome order by source, count(*) desc`.execute(db);
  return rows;
}

/** Mail that is no report, however long ago it came: an index has these alone. */
export async function countOtherMail(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from raw_events where result->>'kind' = 'other'`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

export interface RawLine {
  readonly id: RawEventId;
  readonly source: string;
  readonly received_at: Date;
  readonly outcome: RawOutcome;
  /** How many events were in it; null: not processed. */
  readonly events: number | null;
  readonly bytes: number;
  /** Of a mail its beginning, where its header stands. */
  readonly head: Buffer | null;
}

const HEAD_BYTES = 16_384;

const LINE = sql`id, source, received_at, ${OUTCOME} as outcome, (result->>'events')::int as events,
  length(body) as bytes, case when source = 'mail' then substring(body for ${sql.lit(HEAD_BYTES)}) end as head`;

/** Newest first, behind that one. */
export async function listRawEvents(
  db: Db,
  page: {
    readonly source: string | null;
    readonly outcome: RawOutcome | null;
    readonly before: RawEventId | null;
    readonly limit: number;
  },
): Promise<RawLine[]> {
  const { source, outcome, before, limit } = page;
  const { rows } = await sql<RawLine>`
    select ${LINE} from raw_events
    where ${source === null ? sql<SqlBool>`true` : sql<SqlBool>`source = ${source}`}
      and ${before === null ? sql<SqlBool>`true` : sql<SqlBool>`id < ${before}`} and ${hasOutcome(outcome)}
    order by id desc limit ${limit}`.execute(db);
  return rows;
}

/** Mail that is no report is rare among much else: it has an index (`raw_events_other`), and is asked for in its words. */
function hasOutcome(outcome: RawOutcome | null) {
  if (outcome === null) return sql<SqlBool>`true`;
  return outcome === 'other'
    ? sql<SqlBool>`result->>'kind' = 'other' and processed_at is not null`
    : sql<SqlBool>`${OUTCOME} = ${outcome}`;
}

export interface RawWhole extends RawLine {
  readonly body: Buffer;
}

export async function findRawEvent(db: Db, id: RawEventId): Promise<RawWhole | null> {
  const { rows } = await sql<RawWhole>`select ${LINE}, body from raw_events where id = ${id}`.execute(db);
  return rows[0] ?? null;
}
