import { z } from 'zod';
import {
  diagnostic,
  fromSeconds,
  fromTime,
  IGNORED,
  type Report,
  type ReportedEvent,
} from '../reported-event.ts';
import { about, eventKey, listOf, readEach } from './event-list.ts';

// developers.brevo.com/docs/transactional-webhooks; how they are secured: .../docs/username-and-password-authentication.
// Brevo signs nothing and gives its events no id: HTTP Basic, and what makes an event this one is all it says.

const event = z.object({
  event: z.string(),
  email: z.string().optional(),
  'message-id': z.string().nullish(),
  ts_epoch: z.number().nullish(),
  ts_event: z.number().nullish(),
  reason: z.string().nullish(),
});

export function readBrevo(body: Buffer): readonly ReportedEvent[] {
  return readEach(listOf(body), event, (told) => ({
    key: eventKey(told.event, told.email, told['message-id'], told.ts_epoch ?? told.ts_event),
    // the others of its times are in the account's own time zone
    at: fromTime(told.ts_epoch ?? null) ?? fromSeconds(told.ts_event),
    about: about({ message_id: told['message-id'], server_id: told['message-id'], recipient: told.email }),
    report: reportOf(told.event, told.reason ?? ''),
  }));
}

function reportOf(event: string, reason: string): Report {
  switch (event) {
    case 'delivered':
      return { kind: 'delivered' };
    case 'deferred':
      return { kind: 'deferred', reply: diagnostic(reason) };
    case 'hard_bounce':
    case 'invalid_email':
      return { kind: 'bounced', hint: 'hard', reply: diagnostic(reason) };
    case 'soft_bounce':
      return { kind: 'bounced', hint: 'soft', reply: diagnostic(reason) };
    case 'spam':
    case 'complaint':
      return { kind: 'complained' };
    case 'unsubscribe':
    case 'unsubscribed':
      return { kind: 'unsubscribed' };
    case 'blocked':
    case 'error':
      return { kind: 'refused', reason };
    case 'opened':
    case 'unique_opened':
    case 'proxy_open':
    case 'unique_proxy_open':
    case 'click':
      return { kind: 'seen' };
    default:
      return IGNORED;
  }
}
