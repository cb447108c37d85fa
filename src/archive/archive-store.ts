import type { Db } from '../db/database.ts';
import { type IssueDocument, issueDocument } from '../document/document.ts';
import type { IssueId, PublicationId } from '../ids.ts';

/** An issue that readers got: public from the moment its editions were frozen. */
export interface SentIssue {
  readonly id: IssueId;
  readonly slug: string;
  readonly title: string;
  readonly period: string | null;
  readonly sent_at: Date;
}

/** One locale of a sent issue: what went out, and what stands there now. */
export interface SentEdition {
  readonly locale: string;
  readonly sent: IssueDocument;
  readonly newest: IssueDocument;
  /** When a revision newer than the one sent was made; null: nothing changed since. */
  readonly corrected_at: Date | null;
}

/** An issue is public while any send of it, second ones and cancelled ones included, froze its editions. */
function sentIssues(db: Db, publication: PublicationId) {
  return db
    .selectFrom('issues')
    .innerJoin('sends', 'sends.issue_id', 'issues.id')
    .where('issues.publication_id', '=', publication)
    .where('sends.retry_of', 'is', null)
    .where('sends.frozen_at', 'is not', null)
    .groupBy('issues.id')
    .select(({ fn }) => [
      'issues.id as id',
      'issues.slug as slug',
      'issues.title as title',
      'issues.period as period',
      fn.min('sends.frozen_at').as('sent_at'),
    ]);
}

/** Newest first. */
export async function listSentIssues(db: Db, publication: PublicationId, limit = 1000): Promise<SentIssue[]> {
  return db
    .selectFrom(sentIssues(db, publication).as('sent'))
    .selectAll()
    .$narrowType<{ sent_at: Date }>()
    .orderBy('sent_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export async function findSentIssue(
  db: Db,
  publication: PublicationId,
  slug: string,
): Promise<SentIssue | null> {
  const issue = await db
    .selectFrom(sentIssues(db, publication).as('sent'))
    .selectAll()
    .$narrowType<{ sent_at: Date }>()
    .where('slug', '=', slug)
    .executeTakeFirst();
  return issue ?? null;
}

/** The issues sent just before and after one, for the links at the foot of its page. */
export async function neighbours(
  db: Db,
  publication: PublicationId,
  issue: SentIssue,
): Promise<{ previous: SentIssue | null; next: SentIssue | null }> {
  const all = await listSentIssues(db, publication);
  const at = all.findIndex(({ id }) => id === issue.id);
  return { previous: all[at + 1] ?? null, next: all[at - 1] ?? null };
}

/** The locales an issue went out in, each with the document that was sent (last, if twice) and the newest. */
export async function sentEditions(db: Db, issue: IssueId): Promise<SentEdition[]> {
  const rows = await db
    .selectFrom('editions')
    .innerJoin('revisions as sent', 'sent.id', 'editions.revision_id')
    .innerJoin('revisions as newest', (join) =>
      join.onRef('newest.issue_id', '=', 'editions.issue_id').onRef('newest.locale', '=', 'editions.locale'),
    )
    .where('editions.issue_id', '=', issue)
    .distinctOn('editions.locale')
    .orderBy('editions.locale')
    .orderBy('editions.id', 'desc')
    .orderBy('newest.number', 'desc')
    .select([
      'editions.locale as locale',
      'sent.id as sent_id',
      'sent.document as sent',
      'newest.id as newest_id',
      'newest.document as newest',
      'newest.created_at as newest_at',
    ])
    .execute();
  return rows.map((row) => ({
    locale: row.locale,
    sent: issueDocument.parse(row.sent),
    newest: issueDocument.parse(row.newest),
    corrected_at: row.newest_id === row.sent_id ? null : row.newest_at,
  }));
}
