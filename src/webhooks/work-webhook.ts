import { createSecretKey } from 'node:crypto';
import { type Clock, SECOND_MS } from '../clock.ts';
import { persistently } from '../db/persistently.ts';
import type { DueDeps } from '../delivery/freeze-due-send.ts';
import { cleanLines } from '../document/clean-text.ts';
import { showId, type WebhookCallId, type WebhookId } from '../ids.ts';
import type { Log } from '../log.ts';
import { publicationById } from '../publications/publication-store.ts';
import { hideAddresses } from '../replies/hide-addresses.ts';
import { webhookSignature } from '../tokens/webhook-signature.ts';
import { type BodyParts, callBody } from './call-body.ts';
import { type CallOutcome, type ClaimedCall, claimCall, hasFailedTooLong, recordCall } from './call-store.ts';
import { type PostAnswer, post } from './post.ts';
import { waitAfter } from './retry-waits.ts';
import { switchOff } from './webhook-store.ts';

export interface WebhookDeps extends BodyParts, Pick<DueDeps, 'tellEditors'> {
  readonly clock: Clock;
  readonly log: Log;
}

/** Then others have their turn; the reconciler makes another one. */
const TURN_MS = 30 * SECOND_MS;
/** Of an answer, in the log. */
const SHOWN_CHARACTERS = 1000;
/** RFC 9110 section 15.5.11: whoever answers so wants no more. */
const GONE = 410;

/**
 * Tells one system of what waits for it, a call after another. The turn ends with a call that fails: a system that
 * hangs keeps no worker from the others.
 */
export async function workWebhook(deps: WebhookDeps, id: WebhookId, stopping: AbortSignal): Promise<void> {
  const end = deps.clock.now().getTime() + TURN_MS;
  while (!stopping.aborted && deps.clock.now().getTime() < end) {
    const claim = await claimCall(deps.db, id);
    if (!claim || (await makeCall(deps, claim)).state !== 'taken') return;
  }
}

/** Makes one call now, if it is due and nobody else has it: what asking for a test waits for. */
export async function workCall(
  deps: WebhookDeps,
  webhook: WebhookId,
  id: WebhookCallId,
): Promise<CallOutcome | null> {
  const claim = await claimCall(deps.db, webhook, id);
  return claim && makeCall(deps, claim);
}

async function makeCall(deps: WebhookDeps, claim: ClaimedCall): Promise<CallOutcome> {
  const answer = await callOf(deps, claim);
  const outcome = outcomeOf(answer, claim.tries);
  const recorded = await persistently(() => record(deps, claim, outcome));
  const { state, code } = outcome;
  deps.log.info({
    event: 'webhook called',
    call: claim.id,
    webhook: claim.webhook_id,
    state,
    code,
    recorded,
  });
  return outcome;
}

/** What cannot be written is tried again like anything else that fails. */
async function callOf(deps: WebhookDeps, claim: ClaimedCall): Promise<PostAnswer> {
  try {
    const body = await callBody(deps, claim);
    return await post(claim.url, { headers: headersOf(claim, body, deps.clock.now()), body });
  } catch (error) {
    const reason = `it could not be written: ${error instanceof Error ? error.message : 'unknown'}`;
    return { kind: 'silent', reason };
  }
}

/** The id is the event's, the same at each try; each key of a rotation signs. */
function headersOf({ key, secrets }: ClaimedCall, body: string, now: Date): Record<string, string> {
  const id = `msg_${key.replaceAll('-', '')}`;
  const timestamp = String(Math.floor(now.getTime() / SECOND_MS));
  const signatures = secrets.map(
    (secret) => `v1,${webhookSignature(createSecretKey(secret), { id, timestamp, body })}`,
  );
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Pressrun',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

function outcomeOf(answer: PostAnswer, tries: number): CallOutcome {
  const code = answer.kind === 'answered' ? answer.code : null;
  const text = answer.kind === 'answered' ? answer.text : answer.reason;
  const shown = [...cleanLines(hideAddresses(text))].slice(0, SHOWN_CHARACTERS).join('');
  const said = { code, answer: shown };
  if (code !== null && code >= 200 && code < 300) return { state: 'taken', waitMs: 0, ...said };
  const waitMs = code === GONE ? null : waitAfter(tries, Math.random());
  return waitMs === null ? { state: 'failed', waitMs: 0, ...said } : { state: 'waiting', waitMs, ...said };
}

/** False where it was overtaken: another worker makes the call, with the same id. */
function record(deps: WebhookDeps, claim: ClaimedCall, outcome: CallOutcome): Promise<boolean> {
  return deps.db.transaction().execute(async (tx) => {
    if (!(await recordCall(tx, claim, outcome))) return false;
    if (outcome.state === 'taken') return true;
    const gone = outcome.code === GONE;
    if (!gone && !(await hasFailedTooLong(tx, claim.webhook_id))) return true;
    const reason = gone ? 'It answered 410 Gone.' : 'It has taken nothing for five days.';
    if (await switchOff(tx, claim.webhook_id, reason)) await tell(deps, tx, claim, reason);
    return true;
  });
}

async function tell(
  { tellEditors, clock }: WebhookDeps,
  tx: Parameters<WebhookDeps['tellEditors']>[0],
  { publication_id, webhook_id, url }: ClaimedCall,
  reason: string,
): Promise<void> {
  const publication = await publicationById(tx, publication_id);
  await tellEditors(tx, {
    publication,
    key: `webhook off:${webhook_id}:${clock.now().toISOString()}`,
    heading: `${publication.name}: a webhook is switched off`,
    paragraphs: [
      `${new URL(url).origin} is told of nothing any more (webhook ${showId('webhook', webhook_id)}). ${reason}`,
      'Switch it on again in the settings when the other side is mended, and send it again there what it has not taken.',
    ],
  });
}
