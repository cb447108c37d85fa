import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Db } from '../db/database.ts';
import { importIssue } from '../issues/import-issue.ts';
import { type Issue, listIssues } from '../issues/issue-store.ts';
import { createPublication } from '../publications/edit-publications.ts';
import { listEditors } from '../publications/editor-store.ts';
import { addEditor } from '../publications/editors.ts';
import type { Publication } from '../publications/publication.ts';
import { listPublications } from '../publications/publication-store.ts';
import { Fault } from '../result.ts';

export const SAMPLE_EDITOR = 'editor@example.com';
const SAMPLE_SLUG = 'sample-letter';

const SAMPLE_PUBLICATION = {
  slug: SAMPLE_SLUG,
  name: 'The Held-Out Set',
  description: 'Papers on machine learning that are worth an hour of your week.',
  from_name: 'The Held-Out Set',
  from_address: 'hello@example.com',
  postal_address: '1 Example Street, 12345 Example Town',
  locale: 'en',
  timezone: 'Europe/Berlin',
};

/**
 * What an embedded press starts with: a publication, an issue and an editor to play with. Made once, where
 * there is no publication yet; a process that was killed half-way has its work ended by the next one.
 */
export async function ensureSample({
  database: { db },
}: {
  readonly database: { readonly db: Db };
}): Promise<void> {
  const publications = await listPublications(db);
  const sample = publications.length === 0 ? await makePublication(db) : soleSample(publications);
  if (!sample) return;
  if ((await listEditors(db)).length === 0) await addEditor(db, SAMPLE_EDITOR);
  if ((await listIssues(db, sample.id)).length === 0) await importSample(db, sample, 'issue.md');
}

/** Null once the press has a publication of somebody's own. */
function soleSample(publications: readonly Publication[]): Publication | null {
  const [only] = publications;
  return publications.length === 1 && only?.slug === SAMPLE_SLUG ? only : null;
}

async function makePublication(db: Db): Promise<Publication | null> {
  try {
    return await createPublication(db, SAMPLE_PUBLICATION);
  } catch (error) {
    // another process was faster, and makes the rest too
    if (error instanceof Fault && error.code === 'publication_exists') return null;
    throw error;
  }
}

/** Imports one of the files that come with the press; the same one again is the same issue. */
export async function importSample(
  db: Db,
  publication: Publication,
  name: 'issue.md' | 'next-issue.md',
): Promise<Issue> {
  const file = fileURLToPath(new URL(`./sample/${name}`, import.meta.url));
  const { issue } = await importIssue(db, { publication, bytes: await readFile(file), file });
  return issue;
}
