import type { Db } from '../db/database.ts';
import type { RawEventId } from '../ids.ts';
import { addressHasher, saltKey } from '../publications/installation.ts';
import { showReply } from '../replies/reply.ts';
import type { BounceAddresses } from '../tokens/bounce-address.ts';
import { actUpon, type FeedbackDeps, settleNamed, type Understood } from './act.ts';
import { type Finder, type FoundMail, findMails } from './find-mail.ts';
import { meaningOf } from './meaning.ts';
import type { RawEvent } from './raw-event.ts';
import {
  finishRawEvent,
  holdRawEvent,
  openRawEvent,
  openRawEvents,
  postponeRawEvent,
} from './raw-event-store.ts';
import { readEvents } from './read-events.ts';
import type { Report, ReportedEvent } from './reported-event.ts';
import { slowReceivers } from './slow-receivers.ts';

export interface InboxDeps extends FeedbackDeps {
  /** Reads our envelope senders; null where there are none. */
  readonly bounces: BounceAddresses | null;
  /** Visits an address, as Amazon SNS asks for when a topic is subscribed; throws unless it answers well. */
  readonly visit: (url: string) => Promise<unknown>;
  /** Aborted when the process leaves: the event in hand is ended, no other begun. */
  readonly stopping: AbortSignal;
}

/** Events of one request in one transaction: few enough that readers are not locked for long. */
const CHUNK = 200;
/** Ids looked up at once; the bodies are read one by one. */
const AHEAD = 50;

/**
 * Processes a raw event, and then whatever else waits: one wake-up is enough for a whole burst. What another
 * worker holds is left to it.
 */
export async function processInbox(deps: InboxDeps, first: RawEventId): Promise<void> {
  const finder = { saltKey: await saltKey(deps.db), hashAddress: await addressHasher(deps.db) };
  await processRawEvent(deps, finder, first);
  for (let progress = true; progress; ) {
    progress = false;
    for (const id of await openRawEvents(deps.db, AHEAD)) {
      if (deps.stopping.aborted) return;
      if (await processRawEvent(deps, finder, id)) progress = true;
    }
  }
}

/** False when there was nothing to do here. A fault keeps it in the inbox, to be tried again later. */
async function processRawEvent(deps: InboxDeps, finder: Finder, id: RawEventId): Promise<boolean> {
  const raw = await openRawEvent(deps.db, id);
  if (!raw) return false;
  try {
    return await digest(deps, finder, raw);
  } catch (error) {
    deps.log.warn({ event: 'raw event failed', raw_event: id, source: raw.source, err: error });
    await postponeRawEvent(deps.db, id, error instanceof Error ? error.name : 'unknown');
    return false;
  }
}

async function digest(deps: InboxDeps, finder: Finder, raw: RawEvent): Promise<boolean> {
  const { events, visit, kind } = readEvents(raw, deps.bounces);
  if (visit !== null) await deps.visit(visit);
  const tally = { events: events.length, acted: 0, unmatched: 0, ...(kind && { kind }) };
  for (let start = 0; start === 0 || start < events.length; start += CHUNK) {
    const understood = await understand(deps.db, finder, raw, events.slice(start, start + CHUNK));
    await settleNamed(deps.db, understood);
    await slowReceivers(deps.db, understood, deps.clock.now());
    const done = await deps.db.transaction().execute(async (tx) => {
      if (!(await holdRawEvent(tx, raw.id))) return false;
      tally.acted += await actUpon(tx, deps, understood);
      tally.unmatched += understood.filter(({ found }) => found.readers.length === 0).length;
      if (start + CHUNK >= events.length) await finishRawEvent(tx, raw.id, tally);
      return true;
    });
    if (!done) return false;
  }
  return true;
}

async function understand(db: Db, finder: Finder, raw: RawEvent, events: readonly ReportedEvent[]) {
  const found = await findMails(
    db,
    finder,
    events.map(({ about }) => about),
  );
  return events.map((event, index) => combine(raw, event, found[index] ?? { delivery: null, readers: [] }));
}

function combine(raw: RawEvent, { key, at, report }: ReportedEvent, found: FoundMail): Understood {
  return {
    source: raw.source,
    event_key: key,
    raw_event_id: raw.id,
    // a clock that is ahead makes nothing newer than it can be
    at: at && at < raw.received_at ? at : raw.received_at,
    meaning: meaningOf(report),
    found,
    reply: wordsOf(report),
  };
}

function wordsOf(report: Report): string {
  if (report.kind === 'bounced' || report.kind === 'deferred') return showReply(report.reply);
  return report.kind === 'refused' ? report.reason : '';
}
