import { sql } from 'kysely';
import type { Database, Db } from '../db/database.ts';
import type { PublicationId } from '../ids.ts';

/**
 * Active readers reader1@d1.example.test, reader2@d2.example.test ..., over a thousand domains that belong to nobody
 * (RFC 6761 section 6.2) and to none of the known providers. Names and locales differ, as they do on a list.
 */
export async function insertReaders(db: Db, publication: PublicationId, count: number): Promise<void> {
  await sql`
    insert into subscribers (publication_id, email, address_key, address_hash, name, status, locale, subscribed_at)
    select ${publication}, email, email, sha256(email::bytea),
      (array['Ada', 'Zoë', 'Jürgen', '陈', ''])[1 + n % 5] || ' ' || n, 'active',
      (array['en', 'de', 'en-GB', 'ja'])[1 + n % 4], now()
    from generate_series(1, ${count}::int) as n, lateral (select 'reader' || n || '@d' || n % 1000 || '.example.test') as e(email)`.execute(
    db,
  );
  await sql`vacuum analyze subscribers`.execute(db);
}

/** What a run leaves to be tidied later would else be tidied while the next thing is measured. */
export async function settle(db: Db): Promise<void> {
  await sql`vacuum analyze deliveries`.execute(db);
  await sql`vacuum analyze batches`.execute(db);
  await sql`checkpoint`.execute(db);
}

/** The same for an import. */
export async function settleReaders(db: Db): Promise<void> {
  await sql`vacuum analyze subscribers`.execute(db);
  await sql`checkpoint`.execute(db);
}

/** An inbox with nothing in it. */
export async function emptyInbox(db: Db): Promise<void> {
  await sql`truncate raw_events, feedback_events`.execute(db);
  await sql`checkpoint`.execute(db);
}

export async function countRawEvents(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from raw_events`.execute(db);
  return rows[0]?.count ?? 0;
}

/** No click counted. */
export async function emptyVisits(db: Db): Promise<void> {
  await sql`truncate visits`.execute(db);
  await sql`checkpoint`.execute(db);
}

export async function countVisits(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from visits`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The server itself reads the file, into a table with one key that is made anew. */
export async function copyReaders(db: Db, file: string): Promise<void> {
  await sql`drop table if exists copied_readers`.execute(db);
  await sql`create table copied_readers (email text primary key, name text, locale text)`.execute(db);
  // COPY takes no parameters
  await sql`copy copied_readers from ${sql.lit(file)} with (format csv, header true)`.execute(db);
}

/** A server process of the database on this machine; its parent is the postmaster. */
export async function backendPid({ db }: Database): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return rows[0]?.pid ?? 0;
}
