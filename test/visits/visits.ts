import { createHash } from 'node:crypto';
import type { Db } from '../../src/db/database.ts';
import type { VisitsTable } from '../../src/db/visit-tables.ts';
import type { LinkId, SendId } from '../../src/ids.ts';

export const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

/** The links of a send's letter, as freezing it makes them. */
export async function makeLinks(db: Db, send: SendId, urls: readonly string[]): Promise<LinkId[]> {
  const { edition_id } = await db
    .selectFrom('send_editions')
    .select('edition_id')
    .where('send_id', '=', send)
    .executeTakeFirstOrThrow();
  const rows = urls.map((url, at) => ({ edition_id, number: at + 1, url }));
  const made = await db.insertInto('links').values(rows).returning(['id', 'number']).execute();
  return made.toSorted((one, other) => one.number - other.number).map(({ id }) => id);
}

export type GivenVisit = Partial<Omit<VisitsTable, 'id' | 'visitor' | 'class' | 'reason'>> & {
  readonly at: Date;
  readonly send_id: SendId;
  /** Whatever name a test gives to a visitor. */
  readonly who?: string | null;
};

/** Visits as the web writes them: by default a click of a browser. */
export async function makeVisits(db: Db, visits: readonly GivenVisit[]): Promise<void> {
  const rows = visits.map(({ who = 'somebody', ...visit }) => ({
    kind: 'click' as const,
    method: 'GET' as const,
    link_id: null,
    subscriber_id: null,
    agent: CHROME,
    network: null,
    prefetch: false,
    since_send_s: 600,
    ...visit,
    visitor: who === null ? null : createHash('sha256').update(who).digest().subarray(0, 16),
  }));
  for (let start = 0; start < rows.length; start += 1000) {
    await db
      .insertInto('visits')
      .values(rows.slice(start, start + 1000))
      .execute();
  }
}
