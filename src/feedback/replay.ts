import { type InboxDeps, processInbox } from './process-raw-event.ts';
import { reopenRawEvents, replayResult } from './raw-event-store.ts';

export interface Replayed {
  readonly raw_events: number;
  /** Events that did something that had not been done: they are understood otherwise now, or their reader is found. */
  readonly changed: number;
}

/** What workers hold meanwhile is waited for, and what fails is left to them. */
const LOOK_AGAIN_MS = 200;

/**
 * Processes raw events once more, here and by whatever workers run: after a release that understands more, or to see
 * that nothing is missing.
 *
 * @param since received then or later; null: all that are kept.
 */
export async function replayFeedback(deps: InboxDeps, since: Date | null): Promise<Replayed> {
  const ids = await reopenRawEvents(deps.db, since);
  const [first] = ids;
  if (first === undefined) return { raw_events: 0, changed: 0 };
  await processInbox(deps, first);
  for (;;) {
    const { waiting, changed } = await replayResult(deps.db, ids);
    if (waiting === 0 || deps.stopping.aborted) return { raw_events: ids.length, changed };
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
