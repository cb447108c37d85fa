import { z } from 'zod';
import {
  type BounceHint,
  diagnostic,
  fromSeconds,
  IGNORED,
  type Report,
  type ReportedEvent,
} from '../reported-event.ts';
import { about, eventKey, listOf, readEach } from './event-list.ts';
import { digestOf, type HookRequest, headerOf, plainId, type Verified } from './hook.ts';

// developers.sparkpost.com/api/webhooks and /api/events; classes of bounces:
// support.sparkpost.com/docs/deliverability/bounce-classification-codes. SparkPost signs nothing: HTTP Basic.

const BATCH = 'x-messagesystems-batch-id';

/** A batch that is tried again has its id again. */
export function sparkpostBatch(request: HookRequest): Verified {
  const batch = headerOf(request, BATCH);
  return {
    external_id: plainId(batch ?? digestOf(request.body)),
    headers: batch === null ? {} : { [BATCH]: batch },
  };
}

const numeric = z.union([z.string(), z.number()]);
const event = z.object({
  type: z.string(),
  event_id: z.string().optional(),
  message_id: z.string().optional(),
  rcpt_to: z.string().optional(),
  raw_rcpt_to: z.string().optional(),
  timestamp: numeric.optional(),
  bounce_class: numeric.optional(),
  error_code: z.string().nullish(),
  raw_reason: z.string().nullish(),
  reason: z.string().nullish(),
});
type SparkpostEvent = z.output<typeof event>;
const wrapped = z.object({ msys: z.record(z.string(), z.unknown()) });

/** `{"msys": {"message_event": {...}}}` each; an empty one is a ping. */
export function readSparkpost(body: Buffer): readonly ReportedEvent[] {
  const told = listOf(body).flatMap((item) => {
    const parsed = wrapped.safeParse(item);
    return parsed.success ? Object.values(parsed.data.msys) : [];
  });
  return readEach(told, event, (each, digest) => ({
    key: each.event_id === undefined ? digest() : eventKey(each.event_id),
    at: fromSeconds(each.timestamp),
    about: about({ server_id: each.message_id, recipient: each.raw_rcpt_to ?? each.rcpt_to }),
    report: reportOf(each),
  }));
}

function reportOf(told: SparkpostEvent): Report {
  switch (told.type) {
    case 'delivery':
      return { kind: 'delivered' };
    case 'delay':
      return { kind: 'deferred', reply: replyOf(told) };
    case 'bounce':
    case 'out_of_band':
      return bounce(told);
    case 'spam_complaint':
      return { kind: 'complained' };
    case 'list_unsubscribe':
    case 'link_unsubscribe':
      return { kind: 'unsubscribed' };
    case 'policy_rejection':
    case 'generation_failure':
    case 'generation_rejection':
      return { kind: 'refused', reason: told.raw_reason ?? told.reason ?? '' };
    case 'open':
    case 'initial_open':
    case 'click':
      return { kind: 'seen' };
    default:
      return IGNORED;
  }
}

const CLASSES: Readonly<Record<string, BounceHint>> = {
  ...{ 10: 'hard', 30: 'hard' },
  ...{ 1: 'soft', 20: 'soft', 21: 'soft', 22: 'soft', 24: 'soft', 40: 'soft', 70: 'soft', 100: 'soft' },
  ...{ 23: 'message', 52: 'message', 53: 'message' },
  ...{ 25: 'policy', 50: 'policy', 51: 'policy', 54: 'policy' },
};

/** 60 is an auto-reply and 80 a subscription: no bounces, though they come as such; 90 asks to be left alone. */
function bounce(told: SparkpostEvent): Report {
  const bounceClass = String(told.bounce_class ?? 1);
  if (bounceClass === '60' || bounceClass === '80') return IGNORED;
  if (bounceClass === '90') return { kind: 'unsubscribed' };
  return {
    kind: 'bounced',
    hint: CLASSES[bounceClass] ?? 'soft',
    reply: replyOf(told),
  };
}

function replyOf(told: SparkpostEvent) {
  return diagnostic(told.raw_reason ?? told.reason, { code: told.error_code ?? null });
}
