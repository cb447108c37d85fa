import { type RawBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db, Tx } from '../db/database.ts';
import type { EditionId, IssueId, LinkId, PublicationId, RevisionId, SendId } from '../ids.ts';
import { letterLinks } from '../rendering/letter-links.ts';

export interface RenderedEdition {
  readonly issue_id: IssueId;
  readonly revision_id: RevisionId;
  readonly locale: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** With the links in them, whether or not these will be counted: that is asked when a letter is written. */
export async function insertEditions(
  tx: Tx,
  send: SendId,
  editions: readonly RenderedEdition[],
): Promise<void> {
  const rows = await tx.insertInto('editions').values(editions).returning(['id', 'locale', 'html']).execute();
  for (const { id, html } of rows) await insertLinks(tx, id, letterLinks(html));
  await tx
    .insertInto('send_editions')
    .values(rows.map(({ id, locale }) => ({ send_id: send, locale, edition_id: id })))
    .execute();
}

async function insertLinks(tx: Tx, edition: EditionId, urls: readonly string[]): Promise<void> {
  await sql`
    insert into links (edition_id, number, url)
    select ${edition}::bigint, number, url from unnest(${urls}::text[]) with ordinality as found(url, number)`.execute(
    tx,
  );
}

/** A child send has its parent's editions, never a newer rendering. */
export async function shareEditions(tx: Tx, parent: SendId, child: SendId): Promise<void> {
  await tx
    .insertInto('send_editions')
    .columns(['send_id', 'locale', 'edition_id'])
    .expression((eb) =>
      eb
        .selectFrom('send_editions')
        .select([sql<SendId>`${child}::bigint`.as('send_id'), 'locale', 'edition_id'])
        .where('send_id', '=', parent),
    )
    .execute();
}

export interface FrozenEdition extends Omit<RenderedEdition, 'issue_id' | 'revision_id'> {
  readonly id: EditionId;
  /** None where it was frozen before links were recorded. */
  readonly links: readonly { readonly id: LinkId; readonly url: string }[];
}

export function frozenEditions(db: Db, send: SendId): Promise<FrozenEdition[]> {
  return db
    .selectFrom('send_editions')
    .innerJoin('editions', 'editions.id', 'send_editions.edition_id')
    .select(['editions.id', 'editions.locale', 'editions.subject', 'editions.html', 'editions.text'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('links')
          .select(['links.id', 'links.url'])
          .whereRef('links.edition_id', '=', 'editions.id')
          .orderBy('links.number'),
      ).as('links'),
    )
    .where('send_editions.send_id', '=', send)
    .execute();
}

/**
 * The audience, frozen exactly: the active subscribers at one instant, in key order, as batches of ids.
 * Those who are suppressed are in it: they are counted as suppressed, and never mailed.
 *
 * @returns how many subscribers that are.
 */
export function freezeAudience(
  tx: Tx,
  send: SendId,
  publication: PublicationId,
  batchSize: number,
): Promise<number> {
  const active = sql`select id from subscribers where publication_id = ${publication} and status = 'active'`;
  return freezeList(tx, send, active, batchSize);
}

/** The same for a retry, whose audience is a list of ids taken from its parent. */
export function freezeTaken(tx: Tx, child: SendId, batchSize: number): Promise<number> {
  const taken = sql`select subscriber_id as id from retries where child_id = ${child}`;
  return freezeList(tx, child, taken, batchSize);
}

/** One statement at any size: the list is read once, in key order, and cut into slices (0.2 s for a million readers). */
async function freezeList(
  tx: Tx,
  send: SendId,
  list: RawBuilder<unknown>,
  batchSize: number,
): Promise<number> {
  const first = sql`n * ${batchSize}::int`;
  const { rows } = await sql<{ size: number }>`
    with audience as materialized (
      select array_agg(id order by id) as ids from (${list}) listed
    ), frozen as (
      insert into batches (send_id, number, subscriber_ids, size, due_at)
      select ${send}::bigint, n + 1, ids[${first} + 1 : ${first} + ${batchSize}::int],
        least(${batchSize}::int, cardinality(ids) - ${first}), now()
      from audience cross join generate_series(0, (cardinality(ids) - 1) / ${batchSize}::int) as n
      returning size
    )
    select coalesce(sum(size), 0)::bigint as size from frozen`.execute(tx);
  return rows[0]?.size ?? 0;
}

/** How many readers a send started now would have: the number the editor is asked to confirm. */
export async function audienceSize(db: Db, publication: PublicationId): Promise<number> {
  const { size } = await db
    .selectFrom('subscribers')
    .select((eb) => eb.fn.countAll<number>().as('size'))
    .where('publication_id', '=', publication)
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow();
  return size;
}
