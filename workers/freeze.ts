import { type DueDeps, freezeDueSend } from '../src/delivery/freeze-due-send.ts';
import { sendJobs } from '../src/delivery/send-jobs.ts';
import type { Payload } from '../src/queue/jobs.ts';
import type { Queues } from '../src/queue/queues.ts';

/** Freezes a send that is due, and wakes its first batches. */
export async function processFreeze(
  deps: DueDeps,
  queues: Queues,
  { send }: Payload<'freeze'>,
): Promise<void> {
  if (!(await freezeDueSend(deps, send))) return;
  for (const job of await sendJobs(deps.db, send, deps.clock.now())) await queues.add(job);
}
