import { z } from 'zod';
import {
  type BounceHint,
  diagnostic,
  fromTime,
  IGNORED,
  type Report,
  type ReportedEvent,
} from '../reported-event.ts';
import { about, eventKey, listOf, readEach } from './event-list.ts';

// postmarkapp.com/developer/webhooks/webhooks-overview; the types of bounces:
// postmarkapp.com/developer/api/bounce-api#bounce-types. Postmark signs nothing: HTTP Basic.

const event = z.object({
  RecordType: z.string(),
  ID: z.union([z.number(), z.string()]).optional(),
  MessageID: z.string().optional(),
  Type: z.string().optional(),
  Email: z.string().optional(),
  Recipient: z.string().optional(),
  Details: z.string().nullish(),
  Description: z.string().nullish(),
  BouncedAt: z.string().optional(),
  DeliveredAt: z.string().optional(),
  ReceivedAt: z.string().optional(),
  ChangedAt: z.string().optional(),
  SuppressSending: z.boolean().optional(),
  SuppressionReason: z.string().nullish(),
});
type PostmarkEvent = z.output<typeof event>;

export function readPostmark(body: Buffer): readonly ReportedEvent[] {
  return readEach(listOf(body), event, (told) => {
    const at = told.BouncedAt ?? told.DeliveredAt ?? told.ReceivedAt ?? told.ChangedAt;
    const recipient = told.Email ?? told.Recipient;
    return {
      // an ID has 64 bits, more than a number here holds exactly: alone it would not tell two bounces apart
      key: eventKey(told.RecordType, told.ID, told.MessageID, recipient, at),
      at: fromTime(at),
      about: about({ server_id: told.MessageID, recipient }),
      report: reportOf(told),
    };
  });
}

function reportOf(told: PostmarkEvent): Report {
  switch (told.RecordType) {
    case 'Delivery':
      return { kind: 'delivered' };
    case 'Open':
    case 'Click':
      return { kind: 'seen' };
    case 'Bounce':
      return bounce(told);
    case 'SpamComplaint':
      return { kind: 'complained' };
    case 'SubscriptionChange':
      return subscriptionChange(told);
    default:
      return IGNORED;
  }
}

const HINTS: Readonly<Record<string, BounceHint>> = {
  HardBounce: 'hard',
  BadEmailAddress: 'hard',
  ManuallyDeactivated: 'hard',
  DnsError: 'soft',
  SoftBounce: 'soft',
  Unknown: 'soft',
  SpamNotification: 'message',
  VirusNotification: 'message',
  Blocked: 'policy',
  DMARCPolicy: 'policy',
};

/** What is no bounce at all (an auto-reply, a changed address, a challenge) changes nothing. */
function bounce(told: PostmarkEvent): Report {
  const type = told.Type ?? '';
  if (type === 'SpamComplaint') return { kind: 'complained' };
  if (type === 'Unsubscribe') return { kind: 'unsubscribed' };
  const reply = diagnostic(told.Details || told.Description);
  if (type === 'Transient') return { kind: 'deferred', reply };
  const hint = HINTS[type];
  if (hint === undefined) return IGNORED;
  return { kind: 'bounced', hint, reply };
}

/** Postmark sends nothing more to the address, or does again; the latter is for our own pages to say. */
function subscriptionChange({ SuppressSending, SuppressionReason }: PostmarkEvent): Report {
  if (SuppressSending !== true) return IGNORED;
  switch (SuppressionReason) {
    case 'HardBounce':
      return {
        kind: 'bounced',
        hint: 'hard',
        reply: diagnostic('suppressed by Postmark after a hard bounce'),
      };
    case 'SpamComplaint':
      return { kind: 'complained' };
    case 'ManualSuppression':
      return { kind: 'unsubscribed' };
    default:
      return IGNORED;
  }
}
