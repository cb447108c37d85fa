import { createHash, randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { SmtpServer } from '../../src/config/smtp-url.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Db } from '../../src/db/database.ts';
import type { ClaimedBatch } from '../../src/delivery/batch-store.ts';
import type { BatchDeps } from '../../src/delivery/batch-work.ts';
import { freezeAudience, insertEditions } from '../../src/delivery/freeze-store.ts';
import { Lanes } from '../../src/delivery/lanes.ts';
import { Ledger } from '../../src/delivery/ledger.ts';
import type { Mark } from '../../src/delivery/ledger-store.ts';
import { insertSend, setAudienceSize, startSend } from '../../src/delivery/send-store.ts';
import type { IssueId, PublicationId, SendId, SubscriberId } from '../../src/ids.ts';
import { silentLog } from '../../src/log.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { Throttle } from '../../src/outbound/throttle.ts';
import { createTokens } from '../../src/tokens.ts';

/** What a real press needs, made small: rows as the stores make them, without going through import and forms. */

export const TEST_SECRET = 'a secret of thirty-two characters at least';

export function testLimits(changes: Partial<Config['limits']> = {}): Config['limits'] {
  return { ...readConfig({}).limits, unknownWaitMs: 0, batchSize: 50, ...changes };
}

export async function makePublication(
  db: Db,
  slug = `letter-${randomBytes(3).toString('hex')}`,
): Promise<PublicationId> {
  const first = (await db.selectFrom('publications').select('id').executeTakeFirst()) === undefined;
  const row = {
    slug,
    name: 'The Test Letter',
    from_name: 'The Test Letter',
    from_address: 'letter@example.com',
    reply_to: null,
    postal_address: '1 Type Lane, Letterton',
    is_default: first,
  };
  return (await db.insertInto('publications').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

/** Active readers, by default `reader1@example.com`, `reader2@example.com`... */
export async function makeReaders(
  db: Db,
  publication: PublicationId,
  emails: readonly string[] | number,
): Promise<void> {
  const list =
    typeof emails === 'number'
      ? Array.from({ length: emails }, (_, n) => `reader${n + 1}@example.com`)
      : emails;
  const rows = list.map((email) => ({
    publication_id: publication,
    email,
    address_key: email,
    address_hash: createHash('sha256').update(email).digest(),
    status: 'active' as const,
    locale: 'en',
    subscribed_at: new Date(),
  }));
  for (let start = 0; start < rows.length; start += 1000) {
    await db
      .insertInto('subscribers')
      .values(rows.slice(start, start + 1000))
      .execute();
  }
}

export async function makeIssue(
  db: Db,
  publication: PublicationId,
  slug = `issue-${randomBytes(4).toString('hex')}`,
): Promise<IssueId> {
  const issue = {
    publication_id: publication,
    slug,
    period: null,
    title: 'A Test Issue',
    source_digest: null,
  };
  return (await db.insertInto('issues').values(issue).returning('id').executeTakeFirstOrThrow()).id;
}

/** A send that is frozen and sending, to all active readers. */
export async function makeSend(db: Db, publication: PublicationId, batchSize = 50): Promise<SendId> {
  const issue = await makeIssue(db, publication);
  const revision = { issue_id: issue, locale: 'en', number: 1, document: '{}' };
  const { id } = await db.insertInto('revisions').values(revision).returning('id').executeTakeFirstOrThrow();
  return db.transaction().execute(async (tx) => {
    const send = await insertSend(tx, {
      publication_id: publication,
      issue_id: issue,
      due_at: new Date(),
      again: false,
    });
    await startSend(tx, send);
    const edition = { issue_id: issue, revision_id: id, locale: 'en', subject: 'A Test Issue' };
    await insertEditions(tx, send, [{ ...edition, html: '<p>Hello.</p>', text: 'Hello.' }]);
    await setAudienceSize(tx, send, await freezeAudience(tx, send, publication, batchSize));
    return send;
  });
}

/** Marks for the ledger under one claim; by default for each reader of its batch. */
export function marksOf(claim: ClaimedBatch, ids: readonly SubscriberId[] = claim.subscriber_ids): Mark[] {
  return ids.map((id) => ({ claim, id }));
}

export function batchDeps(
  db: Db,
  targets: readonly SmtpServer[],
  changes: { limits?: Partial<Config['limits']>; stopping?: AbortSignal; clock?: Clock } = {},
): BatchDeps {
  const outbound = createOutbound(targets, systemClock);
  const limits = testLimits(changes.limits);
  return {
    db,
    clock: changes.clock ?? systemClock,
    log: silentLog,
    limits,
    tokens: createTokens([TEST_SECRET]),
    publicUrl: 'http://localhost:3000',
    outbound,
    bounces: null,
    signer: null,
    throttle: new Throttle({ db, clock: systemClock, log: silentLog }),
    wakeLater: () => {},
    lanes: new Lanes(outbound.places),
    ledger: new Ledger(db, limits.deferMaxAgeMs, outbound.places),
    stopping: changes.stopping ?? new AbortController().signal,
  };
}

/** A short issue in the house form, as an editor writes it. */
export function issueText(slug: string, week: string): string {
  return [
    '---',
    `title: Letter of ${week}`,
    `slug: ${slug}`,
    `period: ${week}`,
    '---',
    '',
    '# Papers',
    '',
    '## A paper worth reading',
    '',
    '<https://example.com/paper>',
    '',
    'It says one thing, and says it well.',
    '',
  ].join('\n');
}
