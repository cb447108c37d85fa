import { SECOND_MS, within } from '../clock.ts';
import { silentLog } from '../log.ts';
import { depsOf, type Parts } from '../main.ts';
import type { WakeParts } from '../web/wake.ts';
import { worksAlone } from './work-notices.ts';

/** The reconciler takes about as long by itself. */
const PATIENCE_MS = 3 * SECOND_MS;

/**
 * Wakes the workers that run for rows that a command has just committed, as the pages do. Where none runs nothing is
 * started for it. A queue that does not answer at once is not waited for: the reconciler derives the same wake-ups
 * from the rows, so the command has done its work either way.
 */
export async function wakeWorkers(parts: Parts, wake: (queue: WakeParts) => Promise<void>): Promise<void> {
  if (await worksAlone(parts)) return;
  const { openQueues } = await import('../queue/queues.ts');
  // what a queue that is away says again and again is said once, below
  const queues = openQueues(parts.config.queue, parts.databaseUrl, silentLog);
  const woken = await within(PATIENCE_MS, wake({ ...depsOf(parts), queues }));
  const reason = `the queue did not answer within ${PATIENCE_MS} ms`;
  if (!woken) parts.log.warn({ event: 'wake-up lost', reason });
  await within(woken ? PATIENCE_MS : 0, queues.close());
}
