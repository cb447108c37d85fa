import type { Db } from '../db/database.ts';
import { writeIssueMarkdown } from '../document/issue-markdown.ts';
import type { IssueId } from '../ids.ts';
import { Fault } from '../result.ts';
import { newestRevision } from './issue-store.ts';

/**
 * An edition as a file in the house form; importing it again changes nothing.
 *
 * @param locale null: the publication's own, or the only one
 * @throws {Fault} `no_such_edition`
 */
export async function exportIssue(db: Db, issue: IssueId, locale: string | null = null): Promise<string> {
  const revision = await newestRevision(db, issue, locale);
  if (locale !== null && revision.locale !== locale) {
    throw new Fault(
      'no_such_edition',
      `This issue has no edition in "${locale}": leave the locale out to get the one in "${revision.locale}".`,
    );
  }
  return writeIssueMarkdown(revision.document);
}
