import { z } from 'zod';
import { addressesIn } from './addresses.ts';
import { actionOf, type DeliveryStatus } from './delivery-status.ts';
import type { MailPart } from './mail-parts.ts';

/**
 * Amazon SES's notification when its SNS topic is subscribed by mail: JSON in a text mail, lines broken anywhere. (What
 * comes by SNS over HTTP is signed; a mail like this one is worth as much as any bounce mail.)
 * Source: SES developer guide, "Amazon SNS notification contents".
 */
const BOUNCED = z.object({
  emailAddress: z.string(),
  action: z.string().default('failed'),
  status: z.string().nullable().default(null),
  diagnosticCode: z.string().default(''),
});

const NOTIFICATION = z.discriminatedUnion('notificationType', [
  z.object({
    notificationType: z.literal('Bounce'),
    bounce: z.object({ bouncedRecipients: z.array(BOUNCED).max(100) }),
  }),
  z.object({
    notificationType: z.literal('Complaint'),
    complaint: z.object({
      complainedRecipients: z.array(z.object({ emailAddress: z.string() })).max(100),
      complaintFeedbackType: z.string().nullish(),
    }),
  }),
]);

/** A bounce as a report has it, a complaint as a feedback report; null where the mail is no such notification. */
export type SnsMail =
  | { readonly kind: 'bounce'; readonly report: DeliveryStatus }
  | { readonly kind: 'complaint'; readonly type: string; readonly recipients: readonly string[] }
  | null;

const READ_TO = 256 * 1024;

export function readSnsMail(mail: MailPart): SnsMail {
  if (mail.headers.get('x-amz-sns-message-id') === '') return null;
  const [json = ''] = mail.text(READ_TO).split(/\r?\n--\r?\n/, 1);
  const parsed = NOTIFICATION.safeParse(jsonOf(json.replace(/\r?\n ?/g, '')));
  if (!parsed.success) return null;
  const notification = parsed.data;
  if (notification.notificationType === 'Complaint') {
    const { complainedRecipients, complaintFeedbackType } = notification.complaint;
    const recipients = complainedRecipients.flatMap(({ emailAddress }) => addressesIn(emailAddress));
    return { kind: 'complaint', type: complaintFeedbackType ?? 'abuse', recipients };
  }
  const recipients = notification.bounce.bouncedRecipients.map(bouncedRecipient);
  return { kind: 'bounce', report: { envelopeId: null, recipients } };
}

function bouncedRecipient({ emailAddress, action, status, diagnosticCode }: z.infer<typeof BOUNCED>) {
  const diagnostic = diagnosticCode.replace(/^smtp\s*;\s*/i, '');
  const address = addressesIn(emailAddress)[0] ?? '';
  return { address, action: actionOf(action), status, diagnostic, badMailbox: false };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
