import { randomBytes } from 'node:crypto';
import { DAY_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { type PublicationId, showId, type WebhookCallId, type WebhookId } from '../ids.ts';
import { Fault } from '../result.ts';
import { makeDueAgain, webhookOfCall } from './call-log-store.ts';
import { EVENT_TYPE_NAMES, isEventType } from './event-types.ts';
import { checkWebhookAddress } from './webhook-address.ts';
import {
  deleteWebhook,
  findWebhook,
  insertTestCall,
  insertWebhook,
  putSecret,
  updateWebhook,
  type Webhook,
} from './webhook-store.ts';

/** Standard Webhooks ("Signature scheme"): 24 to 64 bytes. */
const SECRET_BYTES = 32;
/** For so long a secret signs beside the one that replaces it: time to put the new one in place. */
const OLD_SECRET_MS = DAY_MS;

export interface WebhookFields {
  readonly url: string;
  readonly events: readonly string[];
  /** Plain http to a private network is meant. */
  readonly plain_http: boolean;
}

/**
 * A webhook that is told of what happens from now on.
 *
 * @returns it with its secret, `whsec_...`, which is shown this once.
 * @throws {Fault} `bad_address`, `bad_event`
 */
export async function addWebhook(
  db: Db,
  publication_id: PublicationId,
  fields: WebhookFields,
): Promise<{ webhook: Webhook; secret: string }> {
  const secret = randomBytes(SECRET_BYTES);
  const webhook = await insertWebhook(db, { publication_id, secret, ...checked(fields) });
  return { webhook, secret: shown(secret) };
}

/** @throws {Fault} `bad_address`, `bad_event` */
export function editWebhook(db: Db, id: WebhookId, fields: WebhookFields): Promise<void> {
  return updateWebhook(db, id, checked(fields));
}

/** @returns the new secret; the one before it signs too for a day. */
export async function rotateSecret(db: Db, id: WebhookId): Promise<string> {
  const secret = randomBytes(SECRET_BYTES);
  await putSecret(db, id, secret, OLD_SECRET_MS);
  return shown(secret);
}

export function removeWebhook(db: Db, id: WebhookId): Promise<void> {
  return db.transaction().execute((tx) => deleteWebhook(tx, id));
}

/**
 * Makes a call that says no more than that it is one.
 *
 * @throws {Fault} `webhook_off`
 */
export function testWebhook(db: Db, webhook: Webhook): Promise<WebhookCallId> {
  if (!webhook.is_on)
    throw new Fault(
      'webhook_off',
      `Webhook ${showId('webhook', webhook.id)} is switched off: switch it on first.`,
    );
  return db.transaction().execute((tx) => insertTestCall(tx, webhook));
}

/** @throws {Fault} `unknown_webhook` also for another publication's. */
export async function requireWebhook(
  db: Db,
  id: WebhookId,
  publication: PublicationId | null = null,
): Promise<Webhook> {
  const webhook = await findWebhook(db, id);
  if (webhook && (publication === null || webhook.publication_id === publication)) return webhook;
  throw new Fault(
    'unknown_webhook',
    `There is no webhook ${showId('webhook', id)}: "pressrun webhook list" shows those that there are.`,
  );
}

/**
 * Sends a call again, with the same `webhook-id`.
 *
 * @throws {Fault} `unknown_call`, `call_under_way`
 */
export async function resendCall(db: Db, id: WebhookCallId): Promise<WebhookId> {
  const webhook = await makeDueAgain(db, id);
  if (webhook !== null) return webhook;
  const name = showId('webhook call', id);
  if ((await webhookOfCall(db, id)) === null)
    throw new Fault(
      'unknown_call',
      `There is no call ${name}: "pressrun webhook log" shows those that are kept.`,
    );
  throw new Fault('call_under_way', `${name} is under way just now: look at the log in a moment.`, 'failure');
}

function checked({ url, events, plain_http }: WebhookFields) {
  return { url: checkWebhookAddress(url, plain_http), events: checkEvents(events), plain_http };
}

function checkEvents(events: readonly string[]): string[] {
  const unknown = events.find((event) => !isEventType(event));
  if (events.length > 0 && unknown === undefined) return [...new Set(events)];
  const known = EVENT_TYPE_NAMES.join(', ');
  throw new Fault(
    'bad_event',
    unknown === undefined
      ? `Name at least one of ${known}.`
      : `There is no event "${unknown}": there are ${known}.`,
  );
}

function shown(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}
