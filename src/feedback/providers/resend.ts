import { z } from 'zod';
import {
  type BounceHint,
  diagnostic,
  fromTime,
  IGNORED,
  type Report,
  type ReportedEvent,
} from '../reported-event.ts';
import { about, listOf, readEach } from './event-list.ts';

// resend.com/docs/webhooks/event-types; signed by Svix, see standard-webhooks.ts. It sends through Amazon SES and has its
// names of bounces.

const said = z.object({
  message: z.string().nullish(),
  type: z.string().nullish(),
  subType: z.string().nullish(),
});
const event = z.object({
  type: z.string(),
  created_at: z.string().optional(),
  data: z.object({
    email_id: z.string().optional(),
    message_id: z.string().nullish(),
    to: z.union([z.string(), z.array(z.string())]).optional(),
    bounce: said.nullish(),
    failed: z.object({ reason: z.string().nullish() }).nullish(),
    suppressed: said.nullish(),
  }),
});
type ResendEvent = z.output<typeof event>;

/** @param id the request's `svix-id`: there is one event in each. */
export function readResend(body: Buffer, id: string): readonly ReportedEvent[] {
  return readEach(listOf(body), event, (told) => ({
    key: id,
    at: fromTime(told.created_at),
    about: about({
      message_id: told.data.message_id,
      server_id: told.data.email_id,
      recipient: onlyRecipient(told),
    }),
    report: reportOf(told),
  }));
}

/** Of a mail to several it is not said whom it is about; ours go to one. */
function onlyRecipient({ data: { to } }: ResendEvent): string | null {
  const [first, ...others] = [to ?? []].flat();
  return others.length === 0 ? (first ?? null) : null;
}

function reportOf({ type, data }: ResendEvent): Report {
  switch (type) {
    case 'email.delivered':
      return { kind: 'delivered' };
    case 'email.delivery_delayed':
      return { kind: 'deferred', reply: diagnostic(null) };
    case 'email.bounced':
      return { kind: 'bounced', hint: hintOf(data.bounce), reply: diagnostic(data.bounce?.message) };
    case 'email.suppressed':
      return { kind: 'bounced', hint: 'hard', reply: diagnostic(data.suppressed?.message) };
    case 'email.complained':
      return { kind: 'complained' };
    case 'email.failed':
      return { kind: 'refused', reason: data.failed?.reason ?? '' };
    case 'email.opened':
    case 'email.clicked':
      return { kind: 'seen' };
    default:
      return IGNORED;
  }
}

function hintOf(bounce: ResendEvent['data']['bounce']): BounceHint {
  if (bounce?.type === 'Permanent') return 'hard';
  return ['MessageTooLarge', 'ContentRejected', 'AttachmentRejected'].includes(bounce?.subType ?? '')
    ? 'message'
    : 'soft';
}
