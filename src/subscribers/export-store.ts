import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { PublicationId, SubscriberId } from '../ids.ts';

const PAGE_ROWS = 1000;
const COLUMNS = [
  'id',
  'email',
  'name',
  'status',
  'locale',
  'timezone',
  'subscribed_at',
  'followed_since',
  'attributes',
] as const;

export async function attributeNames(tx: Tx, publication: PublicationId): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct jsonb_object_keys(attributes) as name from subscribers
    where publication_id = ${publication} and attributes <> '{}' order by name`.execute(tx);
  return rows.map((row) => row.name);
}

export type ExportedReader = Awaited<ReturnType<typeof exportPage>>[number];

/** In key order, from behind the last one of the page before. */
export function exportPage(tx: Tx, publication: PublicationId, after: SubscriberId | null) {
  return tx
    .selectFrom('subscribers')
    .select(COLUMNS)
    .where('publication_id', '=', publication)
    .$if(after !== null, (query) => query.where('id', '>', after))
    .orderBy('id')
    .limit(PAGE_ROWS)
    .execute();
}
