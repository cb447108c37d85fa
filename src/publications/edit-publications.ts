import type { Db } from '../db/database.ts';
import { Fault } from '../result.ts';
import type { Publication } from './publication.ts';
import {
  checkChanges,
  checkNewPublication,
  type NewPublication,
  type PublicationFields,
} from './publication-fields.ts';
import { findPublication, insertPublication, updatePublication } from './publication-store.ts';

/**
 * The first publication of an installation is its default one.
 *
 * @throws {Fault} `bad_publication`, `publication_exists`
 */
export async function createPublication(db: Db, given: NewPublication): Promise<Publication> {
  const checked = checkNewPublication(given);
  const publication = await db.transaction().execute((tx) => insertPublication(tx, checked));
  if (publication) return publication;
  throw new Fault(
    'publication_exists',
    `There is a publication "${checked.slug}" already: choose another slug, or change it with "pressrun publication set ${checked.slug}".`,
  );
}

/**
 * Changes what is given and leaves the rest.
 *
 * @throws {Fault} `bad_publication`, `unknown_publication`
 */
export async function setPublication(
  db: Db,
  slug: string,
  changes: Partial<PublicationFields>,
): Promise<Publication> {
  await updatePublication(db, slug, checkChanges(changes));
  return findPublication(db, slug);
}
