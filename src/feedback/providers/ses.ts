import { z } from 'zod';
import {
  type BounceHint,
  diagnostic,
  fromTime,
  IGNORED,
  type Report,
  type ReportedEvent,
} from '../reported-event.ts';
import { about, eventKey, readEach } from './event-list.ts';
import { parseJson } from './hook.ts';
import { confirmationUrl, snsMessage } from './sns.ts';

// Amazon SES through SNS, as an identity's feedback ("notificationType",
// docs.aws.amazon.com/ses/latest/dg/notification-contents.html) or as a configuration set's events ("eventType",
// docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html).

const address = z.object({ emailAddress: z.string() });
const bounced = address.extend({ status: z.string().nullish(), diagnosticCode: z.string().nullish() });
const happened = { timestamp: z.string().optional() };
const event = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  mail: z.object({
    messageId: z.string(),
    timestamp: z.string().optional(),
    destination: z.array(z.string()).default([]),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  }),
  bounce: z
    .object({
      ...happened,
      bounceType: z.string(),
      bounceSubType: z.string().default(''),
      bouncedRecipients: z.array(bounced),
      feedbackId: z.string().optional(),
    })
    .optional(),
  complaint: z
    .object({
      ...happened,
      complainedRecipients: z.array(address),
      complaintFeedbackType: z.string().nullish(),
      complaintSubType: z.string().nullish(),
      feedbackId: z.string().optional(),
    })
    .optional(),
  delivery: z.object({ ...happened, recipients: z.array(z.string()).optional() }).optional(),
  deliveryDelay: z.object({ ...happened, delayedRecipients: z.array(bounced) }).optional(),
  reject: z.object({ reason: z.string().nullish() }).optional(),
  open: z.object(happened).optional(),
  click: z.object(happened).optional(),
  subscription: z
    .object({
      ...happened,
      newTopicPreferences: z.object({ unsubscribeAll: z.boolean().optional() }).optional(),
    })
    .optional(),
});
type SesEvent = z.output<typeof event>;

/** One report for each recipient that it is about. */
interface Said {
  readonly recipient: string;
  readonly report: Report;
  readonly at?: string | undefined;
  readonly id?: string | undefined;
}

export function readSes(body: Buffer): {
  readonly events: readonly ReportedEvent[];
  readonly visit: string | null;
} {
  const envelope = snsMessage.safeParse(parseJson(body));
  if (!envelope.success) return { events: [], visit: null };
  const visit = confirmationUrl(envelope.data);
  // the first message of a topic is plain text: "Successfully validated SNS topic..."
  const told = envelope.data.Type === 'Notification' ? parseJson(envelope.data.Message) : undefined;
  return { events: told === undefined ? [] : readEach([told], event, reportsOf), visit };
}

function reportsOf(told: SesEvent): ReportedEvent[] {
  const { mail } = told;
  const type = told.eventType ?? told.notificationType ?? '';
  const message_id = mail.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value;
  return saidBy(type, told).map(({ recipient, report, at, id }) => ({
    key: eventKey(id ?? `${mail.messageId} ${type} ${at ?? ''}`, recipient),
    at: fromTime(at ?? mail.timestamp),
    about: about({ message_id, server_id: mail.messageId, recipient }),
    report,
  }));
}

/** A notification may be about several recipients, and not all of them of the mail. */
function saidBy(type: string, told: SesEvent): Said[] {
  const { mail, bounce, complaint, delivery, deliveryDelay } = told;
  const all = (recipients: readonly string[], report: Report, at?: string): Said[] =>
    recipients.map((recipient) => ({ recipient, report, at }));
  switch (type) {
    case 'Bounce':
      return bounce ? saidByBounce(bounce) : [];
    case 'Complaint':
      return complaint ? saidByComplaint(complaint) : [];
    case 'Delivery':
      return all(delivery?.recipients ?? mail.destination, { kind: 'delivered' }, delivery?.timestamp);
    case 'DeliveryDelay':
      return deliveryDelay ? saidByDelay(deliveryDelay) : [];
    case 'Reject':
      return all(mail.destination, { kind: 'refused', reason: told.reject?.reason ?? '' });
    case 'Open':
    case 'Click':
      return all(mail.destination, { kind: 'seen' }, (told.open ?? told.click)?.timestamp);
    case 'Subscription':
      return told.subscription?.newTopicPreferences?.unsubscribeAll
        ? all(mail.destination, { kind: 'unsubscribed' }, told.subscription.timestamp)
        : [];
    default:
      return [];
  }
}

function saidByBounce(bounce: NonNullable<SesEvent['bounce']>): Said[] {
  const hint = hintOf(bounce.bounceType, bounce.bounceSubType);
  return bounce.bouncedRecipients.map(({ emailAddress, status, diagnosticCode }) => ({
    recipient: emailAddress,
    report: { kind: 'bounced', hint, reply: diagnostic(diagnosticCode, { enhanced: status ?? null }) },
    at: bounce.timestamp,
    id: bounce.feedbackId,
  }));
}

function saidByDelay({ delayedRecipients, timestamp }: NonNullable<SesEvent['deliveryDelay']>): Said[] {
  return delayedRecipients.map(({ emailAddress, status, diagnosticCode }) => ({
    recipient: emailAddress,
    report: { kind: 'deferred', reply: diagnostic(diagnosticCode, { enhanced: status ?? null }) },
    at: timestamp,
  }));
}

/** "Bounce types" of the pages above: of the transient ones some are about this message alone. */
function hintOf(type: string, subType: string): BounceHint {
  if (type === 'Permanent') return 'hard';
  return ['MessageTooLarge', 'ContentRejected', 'AttachmentRejected'].includes(subType) ? 'message' : 'soft';
}

/** RFC 5965 section 7.3: these two types are no complaints. */
function saidByComplaint(complaint: NonNullable<SesEvent['complaint']>): Said[] {
  const none = ['not-spam', 'auth-failure'].includes(complaint.complaintFeedbackType ?? '');
  return complaint.complainedRecipients.map(({ emailAddress }) => ({
    recipient: emailAddress,
    report: none ? IGNORED : { kind: 'complained' },
    at: complaint.timestamp,
    id: complaint.feedbackId,
  }));
}
