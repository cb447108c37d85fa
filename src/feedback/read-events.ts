import type { BounceAddresses } from '../tokens/bounce-address.ts';
import { readBrevo } from './providers/brevo.ts';
import { readGeneric } from './providers/generic.ts';
import { readMailgun } from './providers/mailgun.ts';
import { readPostmark } from './providers/postmark.ts';
import { readResend } from './providers/resend.ts';
import { readSendgrid } from './providers/sendgrid.ts';
import { readSes } from './providers/ses.ts';
import { readSparkpost } from './providers/sparkpost.ts';
import type { RawEvent } from './raw-event.ts';
import { type MailKind, readMail } from './read-mail.ts';
import type { ReportedEvent } from './reported-event.ts';

/** What a raw event says. */
export interface Reading {
  readonly events: readonly ReportedEvent[];
  /** An address to visit once, as Amazon SNS asks for when a topic is subscribed. */
  readonly visit: string | null;
  /** Of a mail. */
  readonly kind?: MailKind;
}

/** Pure: the same raw event says the same, until this version understands more of it. */
export function readEvents(raw: RawEvent, bounces: BounceAddresses | null): Reading {
  if (raw.source === 'mail') return { ...readMail(raw.body, raw.external_id, bounces), visit: null };
  return raw.source === 'ses' ? readSes(raw.body) : { events: eventsOf(raw), visit: null };
}

function eventsOf({ source, body, external_id }: RawEvent): readonly ReportedEvent[] {
  switch (source) {
    case 'mailgun':
      return readMailgun(body);
    case 'sendgrid':
      return readSendgrid(body);
    case 'postmark':
      return readPostmark(body);
    case 'resend':
      return readResend(body, external_id);
    case 'brevo':
      return readBrevo(body);
    case 'sparkpost':
      return readSparkpost(body);
    case 'generic':
      return readGeneric(body, external_id);
    default:
      return [];
  }
}
