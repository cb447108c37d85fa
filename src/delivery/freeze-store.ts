import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { EditionId, IssueId, PublicationId, RevisionId, SendId } from '../ids.ts';

export interface RenderedEdition {
  readonly issue_id: IssueId;
  readonly revision_id: RevisionId;
  readonly locale: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export async function insertEditions(
  tx: Tx,
  send: SendId,
  editions: readonly RenderedEdition[],
): Promise<void> {
  const rows = await tx.insertInto('editions').values(editions).returning(['id', 'locale']).execute();
  await tx
    .insertInto('send_editions')
    .values(rows.map(({ id, locale }) => ({ send_id: send, locale, edition_id: id })))
    .execute();
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
}

export function frozenEditions(db: Db, send: SendId): Promise<FrozenEdition[]> {
  return db
    .selectFrom('send_editions')
    .innerJoin('editions', 'editions.id', 'send_editions.edition_id')
    .select(['editions.id', 'editions.locale', 'editions.subject', 'editions.html', 'editions.text'])
    .where('send_editions.send_id', '=', send)
    .execute();
}

/**
 * The audience, frozen exactly: the active subscribers at one instant, in key order, as batches of ids.
 * One statement at any size (0.7 s for a million readers). Those who are suppressed are in it: they are
 * counted as suppressed, and never mailed.
 *
 * @returns how many subscribers that are.
 */
export async function freezeAudience(
  tx: Tx,
  send: SendId,
  publication: PublicationId,
  batchSize: number,
): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    with active as (
      select id, (row_number() over (order by id) - 1) / ${batchSize}::int as chunk
      from subscribers where publication_id = ${publication} and status = 'active'
    ), frozen as (
      insert into batches (send_id, number, subscriber_ids, size, due_at)
      select ${send}::bigint, chunk + 1, array_agg(id order by id), count(*), now() from active group by chunk
      returning size
    )
    select coalesce(sum(size), 0)::bigint as size from frozen`.execute(tx);
  return rows[0]?.size ?? 0;
}

/** The same for a retry, whose audience is a list of ids taken from its parent. */
export async function freezeTaken(tx: Tx, child: SendId, batchSize: number): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    with taken as (
      select subscriber_id, (row_number() over (order by subscriber_id) - 1) / ${batchSize}::int as chunk
      from retries where child_id = ${child}
    ), frozen as (
      insert into batches (send_id, number, subscriber_ids, size, due_at)
      select ${child}::bigint, chunk + 1, array_agg(subscriber_id order by subscriber_id), count(*), now()
      from taken group by chunk
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
