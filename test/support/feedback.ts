import { systemClock } from '../../src/clock.ts';
import type { Db } from '../../src/db/database.ts';
import { type InboxDeps, processInbox } from '../../src/feedback/process-raw-event.ts';
import { openRawEvents } from '../../src/feedback/raw-event-store.ts';
import { silentLog } from '../../src/log.ts';
import { tellEditors } from '../../workers/tell-editors.ts';

export function inboxDeps(db: Db, changes: Partial<InboxDeps> = {}): InboxDeps {
  return {
    db,
    clock: systemClock,
    log: silentLog,
    tellEditors,
    publicUrl: 'http://localhost:3000',
    bounces: null,
    visit: async () => {
      throw new Error('nothing is to be visited here');
    },
    stopping: new AbortController().signal,
    ...changes,
  };
}

/** Processes all that waits, as a worker does. */
export async function processAll(db: Db, changes: Partial<InboxDeps> = {}): Promise<void> {
  const [first] = await openRawEvents(db, 1);
  if (first !== undefined) await processInbox(inboxDeps(db, changes), first);
}
