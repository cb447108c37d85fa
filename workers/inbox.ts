import { type InboxDeps, processInbox } from '../src/feedback/process-raw-event.ts';
import type { Payload } from '../src/queue/jobs.ts';

export function processRawEvents(deps: InboxDeps, { raw_event }: Payload<'inbox'>): Promise<void> {
  return processInbox(deps, raw_event);
}
