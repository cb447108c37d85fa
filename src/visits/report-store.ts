import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { EditionId, LinkId, SendId } from '../ids.ts';

/** A letter of a send, in one language, with the document that it was made from. */
export interface SentLetter {
  readonly edition_id: EditionId;
  readonly locale: string;
  /** The issue store's JSON. */
  readonly document: unknown;
}

export function lettersOf(db: Db, send: SendId): Promise<SentLetter[]> {
  return db
    .selectFrom('send_editions')
    .innerJoin('editions', 'editions.id', 'send_editions.edition_id')
    .innerJoin('revisions', 'revisions.id', 'editions.revision_id')
    .select(['send_editions.edition_id', 'editions.locale', 'revisions.document'])
    .where('send_editions.send_id', '=', send)
    .orderBy('send_editions.edition_id')
    .execute();
}

export interface SentLink {
  readonly id: LinkId;
  readonly edition_id: EditionId;
  /** Its place in the letter, from 1. */
  readonly number: number;
  readonly url: string;
}

/** In the order in which they stand in the letters. */
export async function linksOf(db: Db, send: SendId): Promise<SentLink[]> {
  const { rows } = await sql<SentLink>`
    select id, edition_id, number, url from links
    where edition_id in (select edition_id from send_editions where send_id = ${send}) order by edition_id, number`.execute(
    db,
  );
  return rows;
}
