import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { PublicationId, SubscriberId } from '../ids.ts';
import type { Existing } from './import-decision.ts';
import type { ImportRow } from './import-row.ts';

/** Two imports into one publication take turns: each holds the rows it changes to its end. */
export async function lockImports(tx: Tx, publication: PublicationId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('pressrun import'), ${publication}::int)`.execute(tx);
}

/** The addresses seen so far, kept by the database so that memory stays flat however long the file is. */
export async function openSeen(tx: Tx): Promise<void> {
  await sql`create temporary table import_seen (address_key text primary key, line integer not null)
    on commit drop`.execute(tx);
}

/** Answers, for those that were seen before, the line where. */
export async function noteSeen(tx: Tx, rows: readonly ImportRow[]): Promise<Map<string, number>> {
  const keys = rows.map((row) => row.address_key);
  const { rows: seen } = await sql<{ address_key: string; line: number }>`
    select address_key, line from import_seen where address_key = any(${keys}::text[])`.execute(tx);
  await sql`
    insert into import_seen (address_key, line)
    select * from unnest(${keys}::text[], ${rows.map((row) => row.line)}::integer[])
    on conflict do nothing`.execute(tx);
  return new Map(seen.map(({ address_key, line }) => [address_key, line]));
}

/** As they will be when the changes noted so far are made. */
export async function existingReaders(
  tx: Tx,
  publication: PublicationId,
  addressKeys: readonly string[],
): Promise<Map<string, Existing>> {
  const { rows } = await sql<Existing & { address_key: string }>`
    select s.id, s.address_key, coalesce(c.status, s.status) as status, coalesce(c.name, s.name) as name,
      coalesce(c.locale, s.locale) as locale, coalesce(c.timezone, s.timezone) as timezone,
      s.attributes || coalesce(c.attributes, '{}') as attributes
    from subscribers s left join import_changes c on c.id = s.id
    where s.publication_id = ${publication} and s.address_key = any(${addressKeys}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.address_key, row]));
}

export interface AddedReader {
  readonly id: SubscriberId;
  readonly email: string;
  readonly status: SubscriberStatus;
  readonly locale: string;
}

/**
 * New readers with their history, and for the active ones the consent that the operator vouches for. Who
 * signed up in the meantime is left as they are.
 */
export async function addReaders(
  tx: Tx,
  rows: readonly (ImportRow & { readonly address_hash: Buffer })[],
  facts: {
    readonly publication: PublicationId;
    readonly locale: string;
    readonly consent: string;
    readonly now: Date;
  },
): Promise<AddedReader[]> {
  const { publication, locale, consent, now } = facts;
  const given = JSON.stringify(
    rows.map((row) => ({ ...row, address_hash: row.address_hash.toString('hex') })),
  );
  const added = await sql<AddedReader>`
    with given as (
      select * from jsonb_to_recordset(${given}::jsonb) as row (email text, address_key text, address_hash text,
        name text, status text, locale text, timezone text, subscribed_at timestamptz, followed_since timestamptz,
        attributes jsonb)
    ), added as (
      insert into subscribers (publication_id, email, address_key, address_hash, name, status, locale, timezone,
        attributes, subscribed_at, status_changed_at, followed_since)
      select ${publication}, email, address_key, decode(address_hash, 'hex'), coalesce(name, ''), status,
        coalesce(locale, ${locale}), timezone, attributes,
        coalesce(subscribed_at, case when status = 'active' then ${now}::timestamptz end), ${now}, followed_since
      from given
      on conflict (publication_id, address_key) do nothing
      returning id, email, status, locale, followed_since
    ), history as (
      insert into subscriber_events (subscriber_id, at, event, detail)
      select id, ${now}, 'imported', jsonb_strip_nulls(jsonb_build_object('status', status, 'followed_since', followed_since)) from added
    ), consents as (
      insert into consents (subscriber_id, source, form_version, locale, requested_at, confirmed_at)
      select id, 'import', ${consent}, locale, ${now}, ${now} from added where status = 'active'
    )
    select id, email, status, locale from added`.execute(tx);
  return added.rows;
}
