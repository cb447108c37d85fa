import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';
import { ok, refuse } from '../../result.ts';
import {
  type BounceHint,
  diagnostic,
  fromSeconds,
  IGNORED,
  type Report,
  type ReportedEvent,
} from '../reported-event.ts';
import { about, eventKey, readEach } from './event-list.ts';
import { parseJson, plainId, sameSecret, type Verify } from './hook.ts';

// documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks and .../events/event-structure

const numeric = z.union([z.string(), z.number()]).transform(String);
const signed = z.object({
  signature: z.object({ timestamp: numeric, token: z.string().min(1), signature: z.string() }),
  'event-data': z.unknown(),
});

/** Mailgun asks for patience here: its first retry comes after ten minutes, and a clock may be off. */
const TOLERANCE_MS = 15 * MINUTE_MS;

/**
 * HMAC-SHA256 of timestamp and token, in hexadecimal. It does not cover the event: whoever saw one request could send
 * another event with its signature. So a token is good for one request: it is the request's id, which is kept as long as
 * the raw event and longer than the time in which it is not late.
 *
 * @param keys the HTTP webhook signing key, which is not the API key; several for rotation.
 */
export function verifyMailgun(keys: readonly string[]): Verify {
  return ({ body, now }) => {
    const parsed = signed.safeParse(parseJson(body));
    if (!parsed.success) return refuse('malformed');
    const { timestamp, token, signature } = parsed.data.signature;
    const right = keys.map((key) => createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex'));
    if (!right.some((each) => sameSecret(signature.toLowerCase(), each))) return refuse('forged');
    if (!(Math.abs(now.getTime() - Number(timestamp) * SECOND_MS) <= TOLERANCE_MS)) return refuse('late');
    return ok({ external_id: plainId(token), headers: {} });
  };
}

const status = z.object({
  code: z.union([z.number(), z.string()]).nullish(),
  message: z.string().nullish(),
  description: z.string().nullish(),
  'enhanced-code': z.string().nullish(),
  'bounce-type': z.string().nullish(),
});
const event = z.object({
  id: z.string().optional(),
  event: z.string(),
  timestamp: z.number().optional(),
  severity: z.string().nullish(),
  reason: z.string().nullish(),
  recipient: z.string().nullish(),
  message: z.object({ headers: z.object({ 'message-id': z.string().optional() }).optional() }).optional(),
  'delivery-status': status.nullish(),
  reject: z.object({ reason: z.string().nullish() }).nullish(),
});
type MailgunEvent = z.output<typeof event>;

export function readMailgun(body: Buffer): readonly ReportedEvent[] {
  const parsed = signed.safeParse(parseJson(body));
  if (!parsed.success) return [];
  return readEach([parsed.data['event-data']], event, (told, digest) => ({
    // an id is unique within a day only
    key: told.id === undefined ? digest() : eventKey(told.id, told.timestamp),
    at: fromSeconds(told.timestamp),
    about: about({ message_id: told.message?.headers?.['message-id'], recipient: told.recipient }),
    report: reportOf(told),
  }));
}

function reportOf(told: MailgunEvent): Report {
  switch (told.event) {
    case 'delivered':
      return { kind: 'delivered' };
    case 'failed':
      return failure(told);
    case 'complained':
      return { kind: 'complained' };
    case 'unsubscribed':
      return { kind: 'unsubscribed' };
    case 'rejected':
      return { kind: 'refused', reason: told.reject?.reason ?? told.reason ?? '' };
    case 'opened':
    case 'clicked':
      return { kind: 'seen' };
    default:
      return IGNORED;
  }
}

/** What Mailgun keeps from going out itself: the address is on one of its lists (codes 605, 606, 607). */
const LISTED: Readonly<Record<string, Report['kind'] & ('complained' | 'unsubscribed')>> = {
  'suppress-complaint': 'complained',
  'suppress-unsubscribe': 'unsubscribed',
};

/** A temporary failure is tried again by Mailgun; when it gives up it says so, as a permanent one. */
function failure({ severity, reason, 'delivery-status': said }: MailgunEvent): Report {
  const reply = diagnostic(said?.message || said?.description, {
    code: said?.code ?? null,
    enhanced: said?.['enhanced-code'] ?? null,
  });
  if (severity === 'temporary') return { kind: 'deferred', reply };
  const listed = LISTED[reason ?? ''];
  if (listed) return { kind: listed };
  return { kind: 'bounced', hint: hintOf(reason ?? '', said?.['bounce-type'] ?? ''), reply };
}

function hintOf(reason: string, bounceType: string): BounceHint {
  if (reason === 'espblock') return 'policy';
  if (reason === 'old' || bounceType === 'soft') return 'soft';
  return reason === 'bounce' || reason === 'suppress-bounce' || bounceType === 'hard' ? 'hard' : 'soft';
}
