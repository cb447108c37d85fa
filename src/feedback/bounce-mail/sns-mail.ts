import { z } from 'zod';
import { addressesIn } from './addresses.ts';
import type { DeliveryStatus } from './delivery-status.ts';
import type { MailPart } from './mail-parts.ts';

/**
 * Amazon SES's notification when its SNS topic is subscribed by mail: JSON in a text mail, lines broken anywhere. (What
 * comes by SNS over HTTP is signed; a mail like this one is worth as much as any bounce mail.)
 * Source: SES developer guide, "Amazon SNS notification contents".
 */
const NOTIFICATION = z.object({
  notificationType: z.literal('Bounce'),
  bounce: z.object({
    bouncedRecipients: z
      .array(
        z.object({
          emailAddress: z.string(),
          action: z.string().optional(),
          status: z.string().optional(),
          diagnosticCode: z.string().optional(),
        }),
      )
      .max(100),
  }),
});

const READ_TO = 256 * 1024;

/** Null where the mail is no such notification. */
export function readSnsMail(mail: MailPart): DeliveryStatus | null {
  if (mail.headers.get('x-amz-sns-message-id') === '') return null;
  const [json = ''] = mail.text(READ_TO).split(/\r?\n--\r?\n/, 1);
  const notification = NOTIFICATION.safeParse(parsed(json.replace(/\r?\n ?/g, '')));
  if (!notification.success) return null;
  const recipients = notification.data.bounce.bouncedRecipients.map((recipient) => ({
    address: addressesIn(recipient.emailAddress)[0] ?? '',
    action: recipient.action ?? 'failed',
    status: recipient.status ?? null,
    diagnostic: (recipient.diagnosticCode ?? '').replace(/^smtp\s*;\s*/i, ''),
    badMailbox: false,
  }));
  return { envelopeId: null, recipients };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
