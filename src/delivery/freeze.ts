import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Db, Tx } from '../db/database.ts';
import type { IssueId, SendId } from '../ids.ts';
import { loadPictures } from '../issues/asset-store.ts';
import { newestRevisions } from '../issues/issue-store.ts';
import type { Publication } from '../publications/publication.ts';
import { renderLetter } from '../rendering/letter.ts';
import { Fault } from '../result.ts';
import { freezeShaped } from './audience-store.ts';
import { freezeAudience, insertEditions, type RenderedEdition } from './freeze-store.ts';
import { startCanary } from './guard-store.ts';
import { findSend, setAudienceSize, startSend } from './send-store.ts';

export interface SendDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly limits: Config['limits'];
}

/** What readers will get, one edition for each locale the issue has; rendered before the transaction that freezes it. */
export async function renderEditions(
  db: Db,
  publication: Publication,
  issue: IssueId,
): Promise<RenderedEdition[]> {
  const revisions = await newestRevisions(db, issue);
  const pictures = await loadPictures(
    db,
    revisions.map((revision) => revision.document),
  );
  const editions: RenderedEdition[] = [];
  for (const { id, locale, document } of revisions) {
    const { subject, html, text } = await renderLetter({ document, publication, pictures });
    editions.push({ issue_id: issue, revision_id: id, locale, subject, html, text });
  }
  return editions;
}

/** Freezes a scheduled send, in one transaction: its editions, its audience, its state. False: somebody else did. */
export async function freeze(
  tx: Tx,
  send: SendId,
  publication: Publication,
  editions: readonly RenderedEdition[],
  batchSize: number,
): Promise<boolean> {
  if (!(await startSend(tx, send))) return false;
  await insertEditions(tx, send, editions);
  await setAudienceSize(tx, send, await freezeReaders(tx, send, publication, batchSize));
  return true;
}

/** Everybody at once takes the short way. A canary that nobody is left to wait for is none. */
async function freezeReaders(
  tx: Tx,
  send: SendId,
  { id, canary_size, timezone }: Publication,
  batchSize: number,
): Promise<number> {
  const { local_at } = await findSend(tx, send);
  if (canary_size === 0 && local_at === null) return freezeAudience(tx, send, id, batchSize);
  const local = local_at === null ? null : { at: local_at, timezone };
  const shape = { publication: id, batchSize, canarySize: canary_size, local };
  const { size, canary_batches, others } = await freezeShaped(tx, send, shape);
  if (others > 0 && canary_batches > 0) await startCanary(tx, send, canary_batches);
  return size;
}

/** @throws {Fault} `no_postal_address` */
export function requirePostalAddress({ slug, postal_address }: Publication): void {
  if (postal_address) return;
  throw new Fault(
    'no_postal_address',
    `Publication "${slug}" has no postal address, and the law asks for one in every letter: give it one in the desk's settings, or by "pressrun publication set ${slug} --postal TEXT".`,
  );
}
