import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { PublicationId } from '../ids.ts';
import { Fault } from '../result.ts';
import type { Publication } from './publication.ts';
import type { NewPublication, PublicationFields } from './publication-fields.ts';
import type { Slot } from './slot.ts';

type Row = Selectable<Schema['publications']>;

/**
 * @param slug null: the default publication.
 * @throws {Fault} `unknown_publication`; `no_publication` where there is none at all.
 */
export async function findPublication(db: Db, slug: string | null): Promise<Publication> {
  const row = await db
    .selectFrom('publications')
    .selectAll()
    .$if(slug === null, (query) => query.where('is_default', '=', true))
    .$if(slug !== null, (query) => query.where('slug', '=', slug ?? ''))
    .executeTakeFirst();
  if (row) return toPublication(row);
  if (slug === null)
    throw new Fault(
      'no_publication',
      'There is no publication yet: make one with "pressrun publication create".',
    );
  throw new Fault(
    'unknown_publication',
    `There is no publication "${slug}": "pressrun publication list" shows those there are.`,
  );
}

export async function publicationById(db: Db, id: PublicationId): Promise<Publication> {
  const row = await db.selectFrom('publications').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return toPublication(row);
}

/** The default one first, then by age. */
export async function listPublications(db: Db): Promise<Publication[]> {
  const rows = await db
    .selectFrom('publications')
    .selectAll()
    .orderBy('is_default', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(toPublication);
}

/** Null where the slug is taken. The lock makes one of several first publications the default one. */
export async function insertPublication(
  tx: Tx,
  given: NewPublication & { from_name: string },
): Promise<Publication | null> {
  await sql`lock table publications in share row exclusive mode`.execute(tx);
  const { slug, name, from_name, from_address, ...rest } = given;
  const row = await tx
    .insertInto('publications')
    .values(({ not, exists, selectFrom }) => ({
      slug,
      name,
      from_name,
      from_address,
      reply_to: null,
      postal_address: null,
      ...toColumns(rest),
      is_default: not(exists(selectFrom('publications').select('id'))).$castTo<boolean>(),
    }))
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ? toPublication(row) : null;
}

/** False where there is no such publication. */
export async function updatePublication(
  db: Db,
  slug: string,
  changes: Partial<PublicationFields>,
): Promise<boolean> {
  const result = await db
    .updateTable('publications')
    .set({ slug, ...toColumns(changes), slot_since: slotSince(changes) })
    .where('slug', '=', slug)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function toColumns(fields: Partial<PublicationFields>) {
  const { slot, accent, ...plain } = fields;
  return {
    ...plain,
    ...(slot === undefined ? {} : slotColumns(slot)),
    ...(accent === undefined ? {} : { theme: JSON.stringify(accent === null ? {} : { accent }) }),
  };
}

/** A slot that is saved again as it was keeps its age: one that has just come must not be forgotten for it. */
function slotSince({ slot, timezone }: Partial<PublicationFields>) {
  const columns = slot === undefined ? {} : slotColumns(slot);
  const given = { ...columns, ...(timezone === undefined ? {} : { timezone }) };
  const changed = Object.entries(given).map(
    ([column, value]) =>
      sql`${sql.ref(column)}::text is distinct from ${value === null ? null : String(value)}::text`,
  );
  if (changed.length === 0) return sql<Date>`slot_since`;
  return sql<Date>`case when ${sql.join(changed, sql` or `)} then now() else slot_since end`;
}

function slotColumns(slot: Slot | null) {
  if (slot === null) return { slot_weekday: null, slot_time: null };
  return { slot_weekday: slot.weekday, slot_time: `${slot.time}:00` };
}

function toPublication(row: Row): Publication {
  const { slot_weekday, slot_time, theme, created_at: _, ...same } = row;
  const slot =
    slot_weekday === null || slot_time === null
      ? null
      : { weekday: slot_weekday, time: slot_time.slice(0, 'HH:MM'.length) };
  return { ...same, slot, accent: theme.accent ?? null };
}
