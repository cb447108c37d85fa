import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/database.ts';
import { countFeedback } from '../delivery/guard-store.ts';
import { settleArrived } from '../delivery/settle-arrived.ts';
import type { RawEventId } from '../ids.ts';
import type { Log } from '../log.ts';
import { hideAddresses } from '../replies/hide-addresses.ts';
import { affectReaders } from './affect-readers.ts';
import { EFFECTS } from './effects.ts';
import {
  clearScores,
  type FeedbackEvent,
  type NewFeedbackEvent,
  takeFeedbackEvents,
} from './feedback-event-store.ts';
import type { FoundMail } from './find-mail.ts';
import type { Meaning } from './meaning.ts';
import type { TellWaveDeps } from './tell-wave.ts';

export interface FeedbackDeps extends TellWaveDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
}

/** An event with what it means and whom it concerns. */
export interface Understood {
  readonly source: string;
  readonly event_key: string;
  readonly raw_event_id: RawEventId | null;
  readonly at: Date;
  readonly meaning: Meaning;
  readonly found: FoundMail;
  readonly reply: string;
}

/**
 * Does what events ask for, in the transaction that writes down that it was done. Doing it again changes nothing:
 * what says something of a reader is taken by its key, and the rest (clearing a score) is the same twice.
 * Answers how many of them were acted upon now.
 */
export async function actUpon(tx: Tx, deps: FeedbackDeps, events: readonly Understood[]): Promise<number> {
  await clearScores(
    tx,
    events.flatMap(({ meaning, found, at }) =>
      EFFECTS[meaning].reader === 'clear' ? found.readers.map((subscriber) => ({ subscriber, at })) : [],
    ),
  );
  const taken = await takeFeedbackEvents(tx, events.flatMap(rowOf));
  await countForSends(tx, taken);
  const readersOf = new Map(
    events.map(({ source, event_key, found }) => [`${source} ${event_key}`, found.readers]),
  );
  await affectReaders(
    tx,
    deps,
    taken.map((event) => ({ ...event, readers: readersOf.get(`${event.source} ${event.event_key}`) ?? [] })),
  );
  return taken.length;
}

/**
 * Settles the deliveries of unknown outcome that events name. In transactions of its own, before anything is acted upon:
 * it holds batches, for which workers wait.
 */
export function settleNamed(db: Db, events: readonly Understood[]): Promise<void> {
  return settleArrived(
    db,
    events.flatMap(({ meaning, found }) =>
      EFFECTS[meaning].arrived && found.delivery ? [found.delivery] : [],
    ),
  );
}

/** Only what says something of a reader has a row: letters that were delivered are far too many. */
function rowOf({ meaning, found, ...event }: Understood): NewFeedbackEvent[] {
  switch (meaning) {
    case 'delivered':
    case 'seen':
    case 'deferred':
    case 'ignored':
      return [];
    default:
      return [
        {
          ...event,
          meaning,
          send_id: found.delivery?.send ?? null,
          subscriber_id: found.readers[0] ?? null,
          reply: hideAddresses(event.reply),
        },
      ];
  }
}

async function countForSends(tx: Tx, taken: readonly FeedbackEvent[]): Promise<void> {
  const counted = taken.flatMap(({ send_id, meaning }) => {
    const { counts } = EFFECTS[meaning];
    return send_id !== null && counts ? [{ send_id, counts }] : [];
  });
  const groups = Map.groupBy(
    counted,
    ({ send_id, counts }) => `${String(send_id).padStart(16, '0')} ${counts}`,
  );
  // in key order: two workers never wait for each other in a circle
  for (const [, group] of [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = group;
    if (first) await countFeedback(tx, first.send_id, first.counts, group.length);
  }
}
