import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import type { ImportRow } from './import-row.ts';

// What an import changes of readers who are there is noted first and done at its end: a row that is changed is
// locked until the import is over, and its reader could not leave for as long.

const PAGE_ROWS = 1000;

export async function openChanges(tx: Tx): Promise<void> {
  await sql`create temporary table import_changes (id bigint primary key, name text, locale text, timezone text,
    attributes jsonb not null, status text) on commit drop`.execute(tx);
}

/** Of two changes of one reader the later profile wins, and the first way to have left. */
export async function noteChanges(
  tx: Tx,
  changes: readonly {
    readonly id: SubscriberId;
    readonly row: ImportRow;
    readonly to: SubscriberStatus | null;
  }[],
): Promise<void> {
  if (changes.length === 0) return;
  const given = JSON.stringify(changes.map(({ id, row, to }) => ({ ...row, id, status: to })));
  await sql`
    insert into import_changes (id, name, locale, timezone, attributes, status)
    select * from jsonb_to_recordset(${given}::jsonb) as given (id bigint, name text, locale text, timezone text,
      attributes jsonb, status text)
    on conflict (id) do update set
      name = coalesce(excluded.name, import_changes.name),
      locale = coalesce(excluded.locale, import_changes.locale),
      timezone = coalesce(excluded.timezone, import_changes.timezone),
      attributes = import_changes.attributes || excluded.attributes,
      status = coalesce(import_changes.status, excluded.status)`.execute(tx);
}

/** What the file says wins, except that an empty cell takes nothing away. */
export async function changeProfiles(tx: Tx): Promise<void> {
  await sql`
    update subscribers s set
      name = coalesce(c.name, s.name),
      locale = coalesce(c.locale, s.locale),
      timezone = coalesce(c.timezone, s.timezone),
      attributes = s.attributes || c.attributes
    from import_changes c
    where s.id = c.id and (c.name, c.locale, c.timezone, c.attributes)
      is distinct from (null::text, null::text, null::text, '{}'::jsonb)`.execute(tx);
}

/** In key order, a page at a time. */
export async function* readersWhoLeft(tx: Tx, status: SubscriberStatus): AsyncGenerator<SubscriberId[]> {
  for (let after = 0; ; ) {
    const { rows } = await sql<{ id: SubscriberId }>`
      select id from import_changes where status = ${status} and id > ${after} order by id limit ${PAGE_ROWS}`.execute(
      tx,
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ id }) => id);
    after = last.id;
  }
}
