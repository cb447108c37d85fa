import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { NoticeKind } from '../db/schema.ts';
import type { DeliveryState } from '../db/send-tables.ts';
import type { NoticeId } from '../ids.ts';
import { checkedParams, type NewNotice } from './notice.ts';

/** Null where the same cause made one already. */
export async function insertNotice(tx: Tx, notice: NewNotice): Promise<NoticeId | null> {
  return (await insertNotices(tx, [notice]))[0] ?? null;
}

/** Due at once: a worker may take them when the transaction is committed. Answers the new ones. */
export async function insertNotices(tx: Tx, notices: readonly NewNotice[]): Promise<NoticeId[]> {
  if (notices.length === 0) return [];
  const rows = await tx
    .insertInto('notices')
    .values(
      notices.map((notice) => ({
        kind: notice.kind,
        publication_id: notice.publication_id,
        unique_key: notice.unique_key,
        subscriber_id: notice.subscriber_id ?? null,
        email: notice.email,
        locale: notice.locale,
        params: checkedParams(notice),
      })),
    )
    .onConflict((conflict) => conflict.column('unique_key').doNothing())
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

export interface NoticeSeen {
  readonly id: NoticeId;
  readonly kind: NoticeKind;
  readonly email: string;
  readonly state: DeliveryState;
  /** The server's last word, on one line: "550 5.1.1 No such user". */
  readonly reply: string | null;
}

export async function findNotice(db: Db, id: NoticeId): Promise<NoticeSeen | null> {
  const row = await db
    .selectFrom('notices')
    .select(['id', 'kind', 'email', 'state', 'reply'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Notices that a worker should take now: due ones, and those whose worker is gone. An `unknown` one that
 * was sent twice is held for ever.
 */
export async function missingNoticeJobs(db: Db, limit = 1000): Promise<{ id: NoticeId; fence: number }[]> {
  const { rows } = await sql<{ id: NoticeId; fence: number }>`
    select id, fence from notices
    where state in ('queued', 'handed over', 'deferred', 'unknown') and due_at <= now()
      and (lease_until is null or lease_until <= now()) and not (state = 'unknown' and resent)
    order by due_at limit ${limit}`.execute(db);
  return rows;
}

/** For one who is erased: what was written to the address, also outside of a subscription. */
export async function eraseNotices(tx: Tx, addressKey: string): Promise<void> {
  await tx
    .deleteFrom('notices')
    .where(({ fn }) => fn('lower', ['email']), '=', addressKey)
    .execute();
}
