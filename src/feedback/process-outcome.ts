import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/database.ts';
import { countFeedback } from '../delivery/guard-store.ts';
import { type OutcomeEvent, takeOutcomeEvent } from '../delivery/outcome-event-store.ts';
import { type OutcomeEventId, showId } from '../ids.ts';
import type { Log } from '../log.ts';
import { classifyRefusal } from '../replies/classify.ts';
import { unreachable } from '../result.ts';
import { suppressReader } from '../subscribers/suppress.ts';

export interface FeedbackDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Does what an outcome event asks for, once: the event is taken and acted upon in one transaction.
 * A server that says that the address is no more ends the subscription; other refusals blame no reader.
 */
export async function processOutcome(deps: FeedbackDeps, id: OutcomeEventId): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const event = await takeOutcomeEvent(tx, id);
    if (event) await act(tx, event, deps);
  });
}

async function act(tx: Tx, event: OutcomeEvent, { clock, log }: FeedbackDeps): Promise<void> {
  const verdict = classifyRefusal(event);
  switch (verdict) {
    case 'address-gone': {
      const evidence = { send: showId('send', event.send_id), event: event.id, reply: event.reply };
      await suppressReader(tx, event.subscriber_id, { reason: 'bounce', evidence, now: clock.now() });
      await countFeedback(tx, event.send_id, 'bounced');
      log.info({ event: 'reader suppressed', subscriber: event.subscriber_id, send: event.send_id, verdict });
      return;
    }
    case 'unknown':
      return;
    default:
      unreachable(verdict);
  }
}
