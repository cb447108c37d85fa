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

const data = z.object({
  id: z.string().optional(),
  email: z.string().optional(),
  message_id: z.string().optional(),
  server_id: z.string().optional(),
  reply: z.string().optional(),
  code: z.union([z.number(), z.string()]).optional(),
  status: z.string().optional(),
});
const event = z.object({ type: z.string(), timestamp: z.union([z.string(), z.number()]).optional(), data });
type GenericData = z.output<typeof data>;

const HINTS: Readonly<Record<string, BounceHint>> = {
  bounced: null,
  'hard-bounced': 'hard',
  'soft-bounced': 'soft',
  blocked: 'policy',
};

/**
 * A hook of our own design, for whatever else relays mail: an event, or an array of them, in the form that the Standard
 * Webhooks specification recommends (`type`, `timestamp`, `data`). README.md has the types and fields.
 *
 * @param id the request's `webhook-id`: the event's own id where the event brings none.
 */
export function readGeneric(body: Buffer, id: string): readonly ReportedEvent[] {
  return listOf(body).flatMap((item, index) =>
    readEach([item], event, ({ type, timestamp, data: said }) => ({
      key: said.id ? eventKey(said.id) : eventKey(id, index),
      at: fromTime(timestamp),
      about: about({ message_id: said.message_id, server_id: said.server_id, recipient: said.email }),
      report: reportOf(type.replace(/^email\./, ''), said),
    })),
  );
}

function reportOf(type: string, said: GenericData): Report {
  switch (type) {
    case 'deferred':
      return { kind: 'deferred', reply: replyOf(said) };
    case 'delivered':
    case 'complained':
    case 'unsubscribed':
      return { kind: type };
    case 'opened':
    case 'clicked':
      return { kind: 'seen' };
    case 'rejected':
      return { kind: 'refused', reason: said.reply ?? '' };
    case 'bounced':
    case 'hard-bounced':
    case 'soft-bounced':
    case 'blocked':
      return {
        kind: 'bounced',
        hint: HINTS[type] ?? null,
        reply: replyOf(said),
      };
    default:
      return IGNORED;
  }
}

function replyOf({ reply, code, status }: GenericData) {
  return diagnostic(reply, { code: code ?? null, enhanced: status ?? null });
}
