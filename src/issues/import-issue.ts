import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Db, Tx } from '../db/database.ts';
import { type IssueDocument, PERIOD, SLUG } from '../document/document.ts';
import { ASSET_PATH, missingPictures, withAssets } from '../document/pictures.ts';
import { decodeIssue, readIssue } from '../document/read-issue.ts';
import type { ReadIssue, Warning } from '../document/read-result.ts';
import { showId } from '../ids.ts';
import type { Publication } from '../publications/publication.ts';
import { Fault } from '../result.ts';
import { assetPath, loadPictures, saveAsset } from './asset-store.ts';
import {
  findRivals,
  type Issue,
  insertIssue,
  insertRevision,
  type NewIssue,
  newestRevisions,
  updateIssue,
} from './issue-store.ts';
import { type PictureFiles, readPictureFiles } from './picture-files.ts';

export interface ImportRequest {
  readonly publication: Publication;
  readonly bytes: Buffer;
  /** The file's path: its pictures lie beside it. Null: it came without a folder. */
  readonly file: string | null;
  /** A new revision of the issue that has the slug already. */
  readonly revise?: boolean | undefined;
  /** In place of what the file says: an export from elsewhere has no front matter to write them in. */
  readonly slug?: string | undefined;
  readonly period?: string | undefined;
}

export interface ImportedIssue {
  readonly issue: Issue;
  readonly document: IssueDocument;
  readonly warnings: readonly Warning[];
  /** References of pictures that are not kept here; readers see their alternative text. */
  readonly missing_pictures: readonly string[];
  /** It was there, and nothing changed. */
  readonly already: boolean;
}

/**
 * Takes an issue in from a file, with the pictures beside it, wholly or not at all. The same bytes again
 * give the issue they gave the first time; pictures that lie beside the file by now are added to it.
 *
 * @throws {Fault} as decodeIssue and readIssue; `duplicate_slug`, `duplicate_period`
 */
export async function importIssue(db: Db, request: ImportRequest): Promise<ImportedIssue> {
  const { publication, bytes, file, revise = false } = request;
  const text = decodeIssue(bytes);
  const read = named(readIssue(text, publication), request);
  const files = await readPictureFiles(read.document, file);
  const source_digest = createHash('sha256').update(bytes).digest();

  const placed = await db.transaction().execute(async (tx) => {
    const paths = await savePictures(tx, files);
    const document = withAssets(read.document, paths);
    const given = { publication_id: publication.id, document, source_digest };
    return placeIssue(tx, given, { publication, paths, revise });
  });
  const missing = missingPictures(placed.document, await loadPictures(db, [placed.document]));
  // paths of assets that an export from another press names
  const unkept = missing.filter((src) => ASSET_PATH.test(src));
  return {
    ...placed,
    warnings: [...read.warnings, ...pictureWarnings(text, files, unkept)].toSorted((a, b) => a.line - b.line),
    missing_pictures: missing,
  };
}

/** @throws {Fault} `bad_slug`, `bad_period` */
function named(read: ReadIssue, { slug, period }: ImportRequest): ReadIssue {
  if (slug !== undefined && !SLUG.test(slug)) {
    throw new Fault(
      'bad_slug',
      `"${slug}" is no slug: use lower-case letters, digits and hyphens, such as "week-6-2021".`,
    );
  }
  if (period !== undefined && !PERIOD.test(period)) {
    throw new Fault(
      'bad_period',
      `"${period}" is no period: write a week as 2021-W06, a month as 2021-02, or a year.`,
    );
  }
  const document = {
    ...read.document,
    ...(slug !== undefined && { slug }),
    ...(period !== undefined && { period }),
  };
  return { ...read, document };
}

async function savePictures(tx: Tx, { found }: PictureFiles): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const [src, bytes] of found) paths.set(src, assetPath(await saveAsset(tx, bytes)));
  return paths;
}

interface Placing {
  readonly publication: Publication;
  readonly paths: ReadonlyMap<string, string>;
  readonly revise: boolean;
}

type Placed = Pick<ImportedIssue, 'issue' | 'document' | 'already'>;

async function placeIssue(tx: Tx, given: NewIssue, placing: Placing): Promise<Placed> {
  const { document } = given;
  const made = await insertIssue(tx, given);
  if (made) {
    await insertRevision(tx, made.id, document);
    return { issue: made, document, already: false };
  }
  const { sameFile, sameSlug, samePeriod } = await findRivals(tx, given);
  if (sameFile && !placing.revise) return addPictures(tx, sameFile, document, placing.paths);
  if (!sameSlug) throw duplicatePeriod(document, samePeriod);
  const newest = await newestIn(tx, sameSlug, document.locale);
  if (newest && isDeepStrictEqual(newest, document)) return { issue: sameSlug, document, already: true };
  if (!placing.revise) throw duplicateSlug(sameSlug);
  if (samePeriod && samePeriod.id !== sameSlug.id) throw duplicatePeriod(document, samePeriod);
  return reviseIssue(tx, sameSlug, document, placing.publication);
}

/** The file is known; what its editor changed since stays, and pictures that were missing come in. */
async function addPictures(
  tx: Tx,
  issue: Issue,
  read: IssueDocument,
  paths: ReadonlyMap<string, string>,
): Promise<Placed> {
  const newest = (await newestIn(tx, issue, read.locale)) ?? read;
  const document = withAssets(newest, paths);
  const already = isDeepStrictEqual(document, newest);
  if (!already) await insertRevision(tx, issue.id, document);
  return { issue, document, already };
}

async function reviseIssue(
  tx: Tx,
  issue: Issue,
  document: IssueDocument,
  publication: Publication,
): Promise<Placed> {
  await insertRevision(tx, issue.id, document);
  const [first] = await newestRevisions(tx, issue.id);
  const speaksForAll = document.locale === publication.locale || first?.locale === document.locale;
  const title = speaksForAll ? document.title : issue.title;
  const updated = await updateIssue(tx, issue.id, { title, period: document.period ?? issue.period });
  return { issue: updated, document, already: false };
}

async function newestIn(tx: Tx, issue: Issue, locale: string): Promise<IssueDocument | null> {
  const revisions = await newestRevisions(tx, issue.id);
  return revisions.find((revision) => revision.locale === locale)?.document ?? null;
}

function duplicateSlug({ id, slug, title }: Issue): Fault {
  return new Fault(
    'duplicate_slug',
    `There is an issue "${slug}" already (${showId('issue', id)}, "${title}"): give this one another slug (in its front matter, or with --slug), or import it with --revise as a new revision of that one.`,
  );
}

function duplicatePeriod({ period }: IssueDocument, rival: Issue | null): Fault {
  const other = rival ? `${showId('issue', rival.id)} ("${rival.slug}")` : 'another issue';
  return new Fault(
    'duplicate_period',
    `The period ${period} has an issue already, ${other}: give this one another period (in its front matter, or with --period), or that issue's slug and --revise to replace it.`,
  );
}

function pictureWarnings(text: string, { refused }: PictureFiles, unkept: readonly string[]): Warning[] {
  const problems = [...refused, ...unkept.map((src) => ({ src, reason: 'is not kept by this press' }))];
  return problems.map(({ src, reason }) => ({
    line: text.slice(0, Math.max(0, text.indexOf(src))).split('\n').length,
    message: `The picture ${src} ${reason}. Its alternative text is shown instead.`,
  }));
}
