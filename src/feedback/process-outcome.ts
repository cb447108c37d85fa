import type { Db, Tx } from '../db/database.ts';
import { type OutcomeEvent, takeOutcomeEvent } from '../delivery/outcome-event-store.ts';
import { type OutcomeEventId, showId } from '../ids.ts';
import type { Log } from '../log.ts';
import { classifyRefusal } from '../replies/classify.ts';
import { unreachable } from '../result.ts';
import { suppressSubscriber } from '../subscribers/suppress.ts';

export interface FeedbackDeps {
  readonly db: Db;
  readonly log: Log;
}

/**
 * Does what an outcome event asks for, once: the event is taken and acted upon in one transaction.
 * A server that says that the address is no more ends the subscription; other refusals blame no reader.
 */
export async function processOutcome(deps: FeedbackDeps, id: OutcomeEventId): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const event = await takeOutcomeEvent(tx, id);
    if (event) await act(tx, event, deps.log);
  });
}

async function act(tx: Tx, event: OutcomeEvent, log: Log): Promise<void> {
  const verdict = classifyRefusal(event);
  switch (verdict) {
    case 'address-gone': {
      const evidence = { send: showId('send', event.send_id), event: event.id, reply: event.reply };
      await suppressSubscriber(tx, event.subscriber_id, 'bounce', evidence);
      log.info({ event: 'reader suppressed', subscriber: event.subscriber_id, send: event.send_id, verdict });
      return;
    }
    case 'unknown':
      return;
    default:
      unreachable(verdict);
  }
}
