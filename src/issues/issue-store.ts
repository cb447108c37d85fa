import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { type IssueDocument, issueDocument } from '../document/document.ts';
import { type IssueId, type PublicationId, type RevisionId, readId } from '../ids.ts';
import { Fault } from '../result.ts';

export interface Issue {
  readonly id: IssueId;
  readonly publication_id: PublicationId;
  readonly slug: string;
  readonly period: string | null;
  /** Of the newest revision in the publication's own locale. */
  readonly title: string;
  /** Offered to the weekly slot since. */
  readonly ready_at: Date | null;
  readonly created_at: Date;
}

export interface Revision {
  readonly id: RevisionId;
  readonly locale: string;
  /** Counts from 1 within issue and locale. */
  readonly number: number;
  readonly document: IssueDocument;
}

const COLUMNS = ['id', 'publication_id', 'slug', 'period', 'title', 'ready_at', 'created_at'] as const;

/**
 * @param reference an id as people see it (`i12`), or a slug
 * @throws {Fault} `unknown_issue`
 */
export async function findIssue(db: Db, publication: PublicationId, reference: string): Promise<Issue> {
  const id = readId<IssueId>('issue', reference);
  const issue = await db
    .selectFrom('issues')
    .select(COLUMNS)
    .where('publication_id', '=', publication)
    .$if(id !== null, (query) => query.where('id', '=', id))
    .$if(id === null, (query) => query.where('slug', '=', reference))
    .executeTakeFirst();
  if (issue) return issue;
  throw new Fault(
    'unknown_issue',
    `There is no issue "${reference}" in this publication: "pressrun issue list" shows those there are.`,
  );
}

/** Newest first. */
export async function listIssues(db: Db, publication: PublicationId): Promise<Issue[]> {
  return db
    .selectFrom('issues')
    .select(COLUMNS)
    .where('publication_id', '=', publication)
    .orderBy('id', 'desc')
    .execute();
}

export interface NewIssue {
  readonly publication_id: PublicationId;
  readonly document: IssueDocument;
  /** SHA-256 of the imported bytes. */
  readonly source_digest: Buffer;
}

/** Null where the publication has the slug, the period or the very file already. */
export async function insertIssue(
  tx: Tx,
  { publication_id, document, source_digest }: NewIssue,
): Promise<Issue | null> {
  const { slug, period, title } = document;
  const issue = await tx
    .insertInto('issues')
    .values({ publication_id, slug, period, title, source_digest })
    .onConflict((conflict) => conflict.doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  return issue ?? null;
}

/** The issues that stand in a new one's way, or are it. */
export async function findRivals(tx: Tx, { publication_id, document, source_digest }: NewIssue) {
  const rivals = await tx
    .selectFrom('issues')
    .select([...COLUMNS, 'source_digest'])
    .where('publication_id', '=', publication_id)
    .where(({ eb, or }) =>
      or([
        eb('slug', '=', document.slug),
        eb('source_digest', '=', source_digest),
        ...(document.period === null ? [] : [eb('period', '=', document.period)]),
      ]),
    )
    .orderBy('id')
    // revisions of one issue are numbered one at a time
    .forUpdate()
    .execute();
  return {
    sameFile: rivals.find((rival) => rival.source_digest?.equals(source_digest)) ?? null,
    sameSlug: rivals.find(({ slug }) => slug === document.slug) ?? null,
    samePeriod: rivals.find(({ period }) => period !== null && period === document.period) ?? null,
  };
}

/** The transaction holds the issue's row, new or locked. */
export async function insertRevision(tx: Tx, issue: IssueId, document: IssueDocument): Promise<void> {
  const { locale } = document;
  await tx
    .insertInto('revisions')
    .values(({ selectFrom }) => ({
      issue_id: issue,
      locale,
      number: selectFrom('revisions')
        .where('issue_id', '=', issue)
        .where('locale', '=', locale)
        .select(sql<number>`coalesce(max(number), 0) + 1`.as('number')),
      document: JSON.stringify(document),
    }))
    .execute();
}

/** What lists and addresses show follows the newest revision. */
export async function updateIssue(
  tx: Tx,
  id: IssueId,
  changes: { title: string; period: string | null },
): Promise<Issue> {
  return tx
    .updateTable('issues')
    .set(changes)
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
}

/** The newest of each locale; the publication's own first, then in the order they were made. */
export async function newestRevisions(db: Db, issue: IssueId): Promise<Revision[]> {
  const rows = await db
    .selectFrom('revisions')
    .innerJoin('issues', 'issues.id', 'revisions.issue_id')
    .innerJoin('publications', 'publications.id', 'issues.publication_id')
    .where('issue_id', '=', issue)
    .distinctOn('revisions.locale')
    .orderBy('revisions.locale')
    .orderBy('revisions.number', 'desc')
    .select([
      'revisions.id',
      'revisions.locale',
      'revisions.number',
      'revisions.document',
      'publications.locale as own',
    ])
    .execute();
  const ordered = rows.toSorted(
    (a, b) => Number(b.locale === b.own) - Number(a.locale === a.own) || a.id - b.id,
  );
  return ordered.map(({ id, locale, number, document }) => ({
    id,
    locale,
    number,
    document: issueDocument.parse(document),
  }));
}

/** The edition in a locale; where there is none, the publication's own, or else the first made. */
export async function newestRevision(
  db: Db,
  issue: IssueId,
  locale: string | null = null,
): Promise<Revision> {
  const revisions = await newestRevisions(db, issue);
  const revision = revisions.find((candidate) => candidate.locale === locale) ?? revisions[0];
  if (!revision) throw new Error(`issue ${issue} has no revision`);
  return revision;
}

/** Offers an issue to the weekly slot, or takes it back; one that is offered keeps its place. */
export async function setReady(db: Db, issue: IssueId, ready: boolean, now: Date): Promise<void> {
  await db
    .updateTable('issues')
    .set({ ready_at: ready ? now : null })
    .where('id', '=', issue)
    .where('ready_at', ready ? 'is' : 'is not', null)
    .execute();
}

/** The one that was offered first. */
export async function nextReadyIssue(db: Db, publication: PublicationId): Promise<Issue | null> {
  const issue = await db
    .selectFrom('issues')
    .select(COLUMNS)
    .where('publication_id', '=', publication)
    .where('ready_at', 'is not', null)
    .orderBy('ready_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return issue ?? null;
}
