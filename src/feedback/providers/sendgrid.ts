import { createVerify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ok, refuse } from '../../result.ts';
import {
  type BounceHint,
  diagnostic,
  fromSeconds,
  IGNORED,
  type Report,
  type ReportedEvent,
} from '../reported-event.ts';
import { about, eventKey, listOf, readEach } from './event-list.ts';
import { digestOf, headerOf, looksLikeJson, type Verify } from './hook.ts';

// www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features and
// .../tracking-events/event

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';

/**
 * ECDSA (P-256, SHA-256, DER in base64) over the timestamp and the raw body, its last CRLF too. How old it is says nothing:
 * SendGrid tries for 24 hours and does not say that it signs anew; each event has an id, and counts once.
 *
 * @param keys several for rotation.
 */
export function verifySendgrid(keys: readonly KeyObject[]): Verify {
  return (request) => {
    const signature = headerOf(request, SIGNATURE);
    const timestamp = headerOf(request, TIMESTAMP);
    if (signature === null || timestamp === null) return refuse('forged');
    const isSigned = (key: KeyObject) =>
      createVerify('sha256')
        .update(timestamp)
        .update(request.body)
        .verify({ key, dsaEncoding: 'der' }, signature, 'base64');
    if (!keys.some(isSigned)) return refuse('forged');
    if (!looksLikeJson(request.body)) return refuse('malformed');
    return ok({
      external_id: digestOf(request.body),
      headers: { [SIGNATURE]: signature, [TIMESTAMP]: timestamp },
    });
  };
}

const event = z.object({
  email: z.string().optional(),
  event: z.string(),
  timestamp: z.union([z.number(), z.string()]).optional(),
  sg_event_id: z.string().optional(),
  sg_message_id: z.string().optional(),
  'smtp-id': z.string().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
  response: z.string().optional(),
  status: z.string().optional(),
  bounce_classification: z.string().optional(),
});
type SendgridEvent = z.output<typeof event>;

export function readSendgrid(body: Buffer): readonly ReportedEvent[] {
  return readEach(listOf(body), event, (told, digest) => ({
    key: told.sg_event_id === undefined ? digest() : eventKey(told.sg_event_id),
    at: fromSeconds(told.timestamp),
    about: about({
      message_id: told['smtp-id'],
      // "ID.filter...": what stands before the first dot is in the 250
      server_id: told.sg_message_id?.split('.')[0],
      recipient: told.email,
    }),
    report: reportOf(told),
  }));
}

function reportOf(told: SendgridEvent): Report {
  switch (told.event) {
    case 'delivered':
      return { kind: 'delivered' };
    case 'deferred':
      return { kind: 'deferred', reply: diagnostic(told.response ?? told.reason) };
    case 'open':
    case 'click':
      return { kind: 'seen' };
    case 'bounce':
      return {
        kind: 'bounced',
        hint: hintOf(told),
        reply: diagnostic(told.reason, { enhanced: told.status ?? null }),
      };
    case 'dropped':
      return dropped(told.reason ?? '');
    case 'spamreport':
      return { kind: 'complained' };
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { kind: 'unsubscribed' };
    default:
      return IGNORED;
  }
}

/** "Bounce and block classifications" in the pages above. */
const CLASSIFICATIONS: Readonly<Record<string, BounceHint>> = {
  'invalid address': 'hard',
  'mailbox unavailable': 'soft',
  'frequency or volume too high': 'policy',
  reputation: 'policy',
  content: 'message',
  technical: 'soft',
  'technical failure': 'soft',
};

/** A `bounce` is for good, a `blocked` one is not about the address. */
function hintOf({ type, bounce_classification }: SendgridEvent): BounceHint {
  const told = CLASSIFICATIONS[(bounce_classification ?? '').toLowerCase()];
  return told ?? (type === 'blocked' ? 'policy' : 'hard');
}

/** SendGrid kept it from going out: the address is on one of its lists. */
function dropped(reason: string): Report {
  if (/^bounced address|^invalid$/i.test(reason))
    return { kind: 'bounced', hint: 'hard', reply: diagnostic(reason) };
  if (/^spam reporting address/i.test(reason)) return { kind: 'complained' };
  if (/^unsubscribed address/i.test(reason)) return { kind: 'unsubscribed' };
  return { kind: 'refused', reason };
}
