import type { Db } from '../db/database.ts';
import type { PublicationId } from '../ids.ts';

/** The issue that went out last, for the welcome: readers may read what they missed. */
export async function newestSentIssue(
  db: Db,
  publication: PublicationId,
): Promise<{ slug: string; title: string } | null> {
  const row = await db
    .selectFrom('sends')
    .innerJoin('issues', 'issues.id', 'sends.issue_id')
    .select(['issues.slug', 'issues.title'])
    .where('sends.publication_id', '=', publication)
    .where('sends.retry_of', 'is', null)
    .where('sends.frozen_at', 'is not', null)
    .orderBy('sends.frozen_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
