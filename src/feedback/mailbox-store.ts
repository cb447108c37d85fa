import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** How far a mailbox is read: all mails up to `uid` are durable, as long as its UIDVALIDITY is this one. */
export interface Place {
  readonly uid_validity: number;
  readonly uid: number;
}

/** A mailbox that is ours for now. */
export interface HeldMailbox extends Place {
  readonly fence: number;
}

/** Null while another worker reads it. */
export async function takeMailbox(db: Db, name: string, leaseMs: number): Promise<HeldMailbox | null> {
  const { rows } = await sql<HeldMailbox>`
    insert into mailboxes as m (name, lease_until, fence) values (${name}, ${leaseEnd(leaseMs)}, 1)
    on conflict (name) do update set lease_until = excluded.lease_until, fence = m.fence + 1
      where m.lease_until is null or m.lease_until <= now()
    returning fence, uid_validity, uid`.execute(db);
  return rows[0] ?? null;
}

/** False when another has taken it meanwhile. */
export async function holdMailbox(db: Db, name: string, fence: number, leaseMs: number): Promise<boolean> {
  const { rows } = await sql`
    update mailboxes set lease_until = ${leaseEnd(leaseMs)}
    where name = ${name} and fence = ${fence} returning name`.execute(db);
  return rows.length > 0;
}

export async function releaseMailbox(db: Db, name: string, fence: number): Promise<void> {
  await db
    .updateTable('mailboxes')
    .set({ lease_until: null })
    .where('name', '=', name)
    .where('fence', '=', fence)
    .execute();
}

export async function keepPlace(db: Db, name: string, fence: number, place: Place): Promise<void> {
  await db
    .updateTable('mailboxes')
    .set({ uid_validity: place.uid_validity, uid: place.uid })
    .where('name', '=', name)
    .where('fence', '=', fence)
    .execute();
}

/** @param fault what keeps us from reading it; null: nothing does. */
export async function noteTried(db: Db, name: string, fault: string | null): Promise<void> {
  await sql`
    update mailboxes set tried_at = now(), fault = ${fault},
      fault_since = case when ${fault}::text is null then null else coalesce(fault_since, now()) end
    where name = ${name}`.execute(db);
}

export interface MailboxFault {
  readonly name: string;
  readonly fault: string;
  readonly since: Date;
}

/** Mailboxes that workers try to read and cannot; one that nobody has tried for an hour is no longer configured. */
export async function mailboxFaults(db: Db): Promise<MailboxFault[]> {
  const { rows } = await sql<MailboxFault>`
    select name, fault, fault_since as since from mailboxes
    where fault is not null and tried_at > now() - interval '1 hour' order by name`.execute(db);
  return rows;
}

function leaseEnd(leaseMs: number) {
  return sql`now() + ${leaseMs} * interval '1 millisecond'`;
}
