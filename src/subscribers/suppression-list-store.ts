import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { SuppressionReason } from '../db/leaving-tables.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';

/** A suppressed address as a line of a list. */
export interface SuppressionLine {
  readonly address_hash: Buffer;
  /** Null: it was erased, and the hash alone is left. */
  readonly email: string | null;
  readonly reason: SuppressionReason;
  readonly since: Date;
  /** `since` as Postgres has it, to the microsecond: where the next page begins. */
  readonly since_exactly: string;
}

const LINE = sql`address_hash, email, reason, since, since::text as since_exactly`;

/** Newest first, behind a line of the page before. */
export async function listSuppressions(
  db: Db,
  page: {
    readonly reason: SuppressionReason | null;
    readonly behind: Pick<SuppressionLine, 'since_exactly' | 'address_hash'> | null;
    readonly limit: number;
  },
): Promise<SuppressionLine[]> {
  const { reason, behind, limit } = page;
  const { rows } = await sql<SuppressionLine>`
    select ${LINE} from suppressions
    where ${reason === null ? sql<SqlBool>`true` : sql<SqlBool>`reason = ${reason}`}
      and ${behind === null ? sql<SqlBool>`true` : sql<SqlBool>`(since, address_hash) < (${behind.since_exactly}::timestamptz, ${behind.address_hash})`}
    order by since desc, address_hash desc limit ${limit}`.execute(db);
  return rows;
}

/** Those with these letters anywhere in their address, or with this hash: an erased one is found by its whole address alone. */
export async function searchSuppressions(
  db: Db,
  sought: { readonly letters: string; readonly address_hash: Buffer | null },
  limit: number,
): Promise<SuppressionLine[]> {
  const pattern = `%${sought.letters.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<SuppressionLine>`
    select ${LINE} from suppressions
    where email ilike ${pattern} or address_hash = ${sought.address_hash}
    order by since desc, address_hash desc limit ${limit}`.execute(db);
  return rows;
}

export async function countSuppressions(db: Db): Promise<Record<SuppressionReason, number>> {
  const rows = await db
    .selectFrom('suppressions')
    .select(({ fn }) => ['reason', fn.countAll<number>().as('count')])
    .groupBy('reason')
    .execute();
  const none = { bounce: 0, complaint: 0, erased: 0, manual: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)])) };
}

/** A publication that an address reads or read. */
export interface Reading {
  readonly id: SubscriberId;
  readonly email: string;
  readonly status: SubscriberStatus;
  readonly publication: string;
}

/** One person's subscriptions, in the order of the publications. */
export async function readingsOf(db: Db, addressHash: Buffer): Promise<Reading[]> {
  return db
    .selectFrom('subscribers as s')
    .innerJoin('publications as p', 'p.id', 's.publication_id')
    .select(['s.id', 's.email', 's.status', 'p.name as publication'])
    .where('s.address_hash', '=', addressHash)
    .orderBy('p.id')
    .execute();
}

/** As its owner wrote it; null where only the hash is known. */
export async function suppressedEmail(db: Db, addressHash: Buffer): Promise<string | null> {
  const row = await db
    .selectFrom('suppressions')
    .select('email')
    .where('address_hash', '=', addressHash)
    .executeTakeFirst();
  return row?.email ?? null;
}
