import type { Db } from '../db/database.ts';
import { receipt } from '../delivery/receipt.ts';
import { findSend } from '../delivery/send-store.ts';
import { type SendId, type SubscriberId, showId } from '../ids.ts';
import { findIssue } from '../issues/issue-store.ts';
import { basePath, type Publication } from '../publications/publication.ts';
import { publicationById } from '../publications/publication-store.ts';
import { findSubscriber } from '../subscribers/subscriber-store.ts';
import type { ClaimedCall } from './call-store.ts';

export interface BodyParts {
  readonly db: Db;
  /** Without a slash at its end. */
  readonly publicUrl: string;
}

/**
 * What a call says, in the form that Standard Webhooks recommends ("Payload structure"): thin, and written when it
 * goes out. So no address waits in the tables, and a receipt says how its send stands then.
 */
export async function callBody(parts: BodyParts, call: ClaimedCall): Promise<string> {
  const publication = await publicationById(parts.db, call.publication_id);
  const data = { publication: publication.slug, ...(await dataOf(parts, publication, call)), ...call.facts };
  return JSON.stringify({ type: call.type, timestamp: call.at.toISOString(), data });
}

async function dataOf(parts: BodyParts, publication: Publication, call: ClaimedCall): Promise<object> {
  const { type, subscriber_id, send_id } = call;
  if (subscriber_id !== null) return readerData(parts.db, subscriber_id, type);
  if (send_id === null) return {};
  return type === 'issue.published'
    ? issueData(parts, publication, send_id)
    : sendData(parts.db, send_id, type);
}

/** The address is null where the reader was forgotten meanwhile. */
async function readerData(db: Db, id: SubscriberId, type: string): Promise<object> {
  const subscriber = showId('subscriber', id);
  if (type === 'subscriber.forgotten') return { subscriber };
  return { subscriber, email: (await findSubscriber(db, id))?.email ?? null };
}

async function issueData(
  { db, publicUrl }: BodyParts,
  publication: Publication,
  id: SendId,
): Promise<object> {
  const issue = await findIssue(db, publication.id, showId('issue', (await findSend(db, id)).issue_id));
  return {
    issue: showId('issue', issue.id),
    title: issue.title,
    url: `${publicUrl}${basePath(publication)}/issues/${issue.slug}`,
  };
}

async function sendData(db: Db, id: SendId, type: string): Promise<object> {
  const { issue_id, retry_of, audience_size } = await findSend(db, id);
  return {
    send: showId('send', id),
    issue: showId('issue', issue_id),
    retry_of: retry_of === null ? null : showId('send', retry_of),
    ...(type === 'send.started' && { audience: audience_size }),
    ...(type === 'send.finished' && { receipt: await receipt(db, id) }),
  };
}
