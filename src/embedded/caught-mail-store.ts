import { domainToUnicode } from 'node:url';
import { type Selectable, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { CaughtMailId } from '../ids.ts';

type Row = Selectable<Schema['caught_mails']>;

/** A caught mail without its content; `bytes` is the size of the content. */
export type CaughtMailSummary = Omit<Row, 'raw'> & { readonly bytes: number };
export type CaughtMail = CaughtMailSummary & Pick<Row, 'raw'>;
export type NewCaughtMail = Pick<Row, 'mail_from' | 'rcpt_to' | 'subject' | 'raw'>;

const SUMMARY = ['id', 'received_at', 'mail_from', 'rcpt_to', 'subject'] as const;
/** Answered from the row's head: a long value is not read for its length. */
const bytes = sql<number>`octet_length(raw)`.as('bytes');

export interface CaughtMailFilter {
  /** Only mail to this address, as a whole and in any case. */
  readonly to?: string | undefined;
}

/** Newest first; `before` is the last id of the page before. */
export function listCaught(
  db: Db,
  page: CaughtMailFilter & { readonly before?: CaughtMailId | undefined; readonly limit: number },
): Promise<CaughtMailSummary[]> {
  const all = filtered(db, page).select([...SUMMARY, bytes]);
  const older = page.before === undefined ? all : all.where('id', '<', page.before);
  return older.orderBy('id', 'desc').limit(page.limit).execute();
}

export async function findCaught(db: Db, id: CaughtMailId): Promise<CaughtMail | null> {
  const query = db.selectFrom('caught_mails').select([...SUMMARY, bytes, 'raw']);
  return (await query.where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function countCaught(db: Db, filter: CaughtMailFilter = {}): Promise<number> {
  const query = filtered(db, filter).select(({ fn }) => fn.countAll<number>().as('count'));
  return (await query.executeTakeFirstOrThrow()).count;
}

/** One durable statement for the whole group. @returns their ids, in the same order. */
export async function insertCaught(db: Db, mails: readonly NewCaughtMail[]): Promise<CaughtMailId[]> {
  const rows = await db
    .insertInto('caught_mails')
    .values([...mails])
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Deletes all but the newest `keep`: one walk down the primary key, no count. */
export async function trimCaught(db: Db, keep: number): Promise<void> {
  await db
    .deleteFrom('caught_mails')
    .where('id', '<=', ({ selectFrom }) =>
      selectFrom('caught_mails').select('id').orderBy('id', 'desc').offset(keep).limit(1),
    )
    .execute();
}

function filtered(db: Db, { to }: CaughtMailFilter) {
  const all = db.selectFrom('caught_mails');
  if (to === undefined) return all;
  const known = sql`select from unnest(rcpt_to) as address where lower(address) = lower(${asCaught(to)})`;
  return all.where(sql<boolean>`exists (${known})`);
}

/** smtp-server hands addresses over with their domain in Unicode, however it was written. */
function asCaught(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return `${address.slice(0, at + 1)}${domainToUnicode(domain) || domain}`;
}
