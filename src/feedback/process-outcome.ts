import { type OutcomeEvent, takeOutcomeEvent } from '../delivery/outcome-event-store.ts';
import type { OutcomeEventId } from '../ids.ts';
import { parseReply } from '../replies/reply.ts';
import { actUpon, type FeedbackDeps, type Understood } from './act.ts';
import { bounceMeaning } from './meaning.ts';

/** Does what a refusal in our own SMTP session asks for, once: it is taken and acted upon in one transaction. */
export async function processOutcome(deps: FeedbackDeps, id: OutcomeEventId): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const event = await takeOutcomeEvent(tx, id);
    if (event) await actUpon(tx, deps, [understood(event)]);
  });
}

function understood({
  id,
  send_id,
  subscriber_id,
  at,
  stage,
  code,
  enhanced,
  reply,
}: OutcomeEvent): Understood {
  const { text } = parseReply(reply);
  return {
    source: 'smtp',
    event_key: String(id),
    raw_event_id: null,
    at,
    meaning: bounceMeaning({ code: code ?? 0, enhanced, text }, null, stage),
    found: {
      delivery: send_id === null ? null : { send: send_id, subscriber: subscriber_id },
      readers: [subscriber_id],
    },
    reply,
  };
}
