import { type SqlBool, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { PublicationId, SubscriberId } from '../ids.ts';
import type { Address } from '../publications/address.ts';

/** A reader of one publication. */
export interface Subscriber {
  readonly id: SubscriberId;
  readonly publication_id: PublicationId;
  readonly email: string;
  readonly address_hash: Buffer;
  readonly name: string;
  readonly status: SubscriberStatus;
  readonly locale: string;
  /** IANA; null: not known, the publication's. */
  readonly timezone: string | null;
  /** When they agreed that their own opens and clicks are known; null: they did not. */
  readonly followed_since: Date | null;
}

const SUBSCRIBER = [
  ...(['id', 'publication_id', 'email', 'address_hash'] as const),
  ...(['name', 'status', 'locale', 'timezone', 'followed_since'] as const),
] as const;

export async function findSubscriber(db: Db, id: SubscriberId): Promise<Subscriber | null> {
  return (
    (await db.selectFrom('subscribers').select(SUBSCRIBER).where('id', '=', id).executeTakeFirst()) ?? null
  );
}

export async function findReader(
  db: Db,
  publication: PublicationId,
  addressKey: string,
): Promise<Subscriber | null> {
  const row = await db
    .selectFrom('subscribers')
    .select(SUBSCRIBER)
    .where('publication_id', '=', publication)
    .where('address_key', '=', addressKey)
    .executeTakeFirst();
  return row ?? null;
}

/** The rows of one person in every publication, in the order in which everybody locks them. */
export function readersOfAddress(db: Db, addressHash: Buffer): Promise<Subscriber[]> {
  return db
    .selectFrom('subscribers')
    .select(SUBSCRIBER)
    .where('address_hash', '=', addressHash)
    .orderBy('id')
    .execute();
}

/** As {@link readersOfAddress}, after waiting for whoever changes them. */
export function lockReadersOfAddress(tx: Tx, addressHash: Buffer): Promise<Subscriber[]> {
  return tx
    .selectFrom('subscribers')
    .select(SUBSCRIBER)
    .where('address_hash', '=', addressHash)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Null where the address reads, or read, the publication already. */
export async function insertPending(
  tx: Tx,
  reader: Address & {
    readonly publication_id: PublicationId;
    readonly address_hash: Buffer;
    readonly name: string;
    readonly locale: string;
  },
  now: Date,
): Promise<Subscriber | null> {
  const row = await tx
    .insertInto('subscribers')
    .values({ ...reader, status: 'pending', timezone: null, subscribed_at: null, status_changed_at: now })
    .onConflict((conflict) => conflict.columns(['publication_id', 'address_key']).doNothing())
    .returning(SUBSCRIBER)
    .executeTakeFirst();
  return row ?? null;
}

/** Waits for whoever changes the row, and reads it as it is then. */
export async function lockSubscriber(tx: Tx, id: SubscriberId): Promise<Subscriber | null> {
  const row = await tx
    .selectFrom('subscribers')
    .select(SUBSCRIBER)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function setProfile(
  db: Db,
  id: SubscriberId,
  profile: {
    readonly name?: string;
    readonly locale: string;
    readonly timezone?: string | null;
    readonly subscribed_at?: Date;
  },
): Promise<void> {
  await db.updateTable('subscribers').set(profile).where('id', '=', id).execute();
}

/** False where the reader is erased, or it was so already: a consent keeps its time. */
export async function setFollowedSince(tx: Tx, id: SubscriberId, since: Date | null): Promise<boolean> {
  const result = await tx
    .updateTable('subscribers')
    .set({ followed_since: since })
    .where('id', '=', id)
    .where('followed_since', since === null ? 'is not' : 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export interface Move {
  readonly from: readonly SubscriberStatus[];
  readonly to: SubscriberStatus;
  /** What the history calls it. */
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly now: Date;
}

/** One guarded change of status with its history; answers who was moved, and from where. */
export async function moveSubscribers(
  db: Db,
  ids: readonly SubscriberId[],
  move: Move,
): Promise<{ id: SubscriberId; was: SubscriberStatus }[]> {
  const { rows } = await sql<{ id: SubscriberId; was: SubscriberStatus }>`
    with old as (
      select id, status from subscribers
      where id = any(${ids}::bigint[]) and status = any(${move.from}::text[]) order by id for update
    ), moved as (
      update subscribers s set status = ${move.to}, status_changed_at = ${move.now}
      from old where s.id = old.id and s.status = old.status
      returning s.id, old.status as was
    ), history as (
      insert into subscriber_events (subscriber_id, at, event, detail)
      select id, ${move.now}, ${move.event},
        ${JSON.stringify(move.detail)}::jsonb || jsonb_build_object('from', was)
      from moved
    )
    select id, was from moved order by id`.execute(db);
  return rows;
}

export async function addHistory(
  db: Db,
  id: SubscriberId,
  event: string,
  detail: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<void> {
  const row = { subscriber_id: id, at: now, event, detail: JSON.stringify(detail) };
  await db.insertInto('subscriber_events').values(row).execute();
}

export interface HistoryEntry {
  readonly at: Date;
  readonly event: string;
  /** Of a leaving with `because` and `words`, if the reader said why. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export async function readHistory(db: Db, id: SubscriberId): Promise<HistoryEntry[]> {
  const { rows } = await sql<HistoryEntry>`
    select e.at, e.event, case when r.event_id is null then e.detail
      else e.detail || jsonb_build_object('because', r.reason, 'words', r.words) end as detail
    from subscriber_events e left join leaving_reasons r on r.event_id = e.id
    where e.subscriber_id = ${id} order by e.id`.execute(db);
  return rows;
}

/** Undoing is for who was active and left by their own hand, not long ago, with nothing since. */
const leftByMistake = (now: Date, windowMs: number) => sql<SqlBool>`
  s.status = 'unsubscribed'
  and not exists (select 1 from suppressions p where p.address_hash = s.address_hash)
  and exists (
    select 1 from (
      select * from subscriber_events e
      where e.subscriber_id = s.id
        and e.event not in ('preferences changed', 'following agreed', 'following taken back')
      order by e.id desc limit 1
    ) last
    where last.event = 'unsubscribed' and last.at > ${new Date(now.getTime() - windowMs)}
      and last.detail->>'from' = 'active' and last.detail->>'via' in ('one-click', 'page', 'preferences', 'mail'))`;

export async function mayComeBack(db: Db, id: SubscriberId, now: Date, windowMs: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from subscribers s where s.id = ${id} and ${leftByMistake(now, windowMs)}`.execute(db);
  return rows.length > 0;
}

/** What was said of a leaving that was none goes with it. */
export async function bringBack(db: Db, id: SubscriberId, now: Date, windowMs: number): Promise<boolean> {
  const { rows } = await sql`
    with back as (
      update subscribers s set status = 'active', status_changed_at = ${now}
      where s.id = ${id} and ${leftByMistake(now, windowMs)}
      returning s.id
    ), unasked as (
      delete from leaving_reasons r using back where r.event_id =
        (select max(e.id) from subscriber_events e where e.subscriber_id = back.id and e.event = 'unsubscribed')
    )
    insert into subscriber_events (subscriber_id, at, event, detail)
    select id, ${now}, 'unsubscribe undone', '{"from": "unsubscribed"}' from back
    returning subscriber_id`.execute(db);
  return rows.length > 0;
}

/** Consents, history and notices of the reader go with the row. @returns who they were. */
export async function deleteReaders(tx: Tx, addressHash: Buffer): Promise<SubscriberId[]> {
  const rows = await tx
    .deleteFrom('subscribers')
    .where('address_hash', '=', addressHash)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

export async function countByStatus(
  db: Db,
  publication: PublicationId,
): Promise<Record<SubscriberStatus, number>> {
  const rows = await db
    .selectFrom('subscribers')
    .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
    .where('publication_id', '=', publication)
    .groupBy('status')
    .execute();
  const none = { pending: 0, active: 0, unsubscribed: 0, bounced: 0, complained: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)])) };
}
