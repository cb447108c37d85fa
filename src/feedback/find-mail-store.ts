import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { NoticeId, SendId, SubscriberId } from '../ids.ts';

/** A reader with the address that an event names, and their newest delivery. */
export interface Candidate {
  readonly address_hash: Buffer;
  readonly subscriber: SubscriberId;
  readonly send: SendId | null;
  readonly server_id: string | null;
  readonly updated_at: Date | null;
}

/** Bounces come within days (RFC 5321 section 4.5.4.1), complaints within weeks. */
const RECENT = sql`interval '60 days'`;

/**
 * Who has these addresses, each with the newest delivery of a recent send, or with that one whose id in the
 * server's 250 is named. Sends of a publication are few, and each delivery is read by its key.
 */
export async function candidatesFor(
  db: Db,
  named: readonly { readonly address_hash: Buffer; readonly server_id: string | null }[],
): Promise<Candidate[]> {
  if (named.length === 0) return [];
  const { rows } = await sql<Candidate>`
    select n.address_hash, s.id as subscriber, d.send_id as send, d.server_id, d.updated_at
    from (select distinct * from unnest(
      ${named.map(({ address_hash }) => address_hash)}::bytea[], ${named.map(({ server_id }) => server_id)}::text[]
    ) as n(address_hash, server_id)) n
    join subscribers s on s.address_hash = n.address_hash
    left join lateral (
      select d.send_id, d.server_id, d.updated_at
      from sends w join deliveries d on d.send_id = w.id and d.subscriber_id = s.id
      where w.publication_id = s.publication_id and w.started_at > now() - ${RECENT}
        and d.state in ('handed over', 'deferred', 'accepted', 'rejected', 'unknown')
      order by d.server_id is not distinct from n.server_id desc, d.updated_at desc limit 1
    ) d on true
    order by s.id`.execute(db);
  return rows;
}

export interface NoticeReader {
  readonly notice: NoticeId;
  readonly subscriber: SubscriberId;
}

/** The readers to whom these notices went; a notice to an editor has none. */
export async function readersOfNotices(db: Db, notices: readonly NoticeId[]): Promise<NoticeReader[]> {
  if (notices.length === 0) return [];
  const { rows } = await sql<NoticeReader>`
    select id as notice, subscriber_id as subscriber from notices
    where id = any(${notices}::bigint[]) and subscriber_id is not null`.execute(db);
  return rows;
}

/** The addresses of those who are still there. */
export async function emailsOf(db: Db, ids: readonly SubscriberId[]): Promise<Map<SubscriberId, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: SubscriberId; email: string }>`
    select id, email from subscribers where id = any(${ids}::bigint[])`.execute(db);
  return new Map(rows.map(({ id, email }) => [id, email]));
}
