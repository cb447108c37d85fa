import type { Db } from '../db/database.ts';
import { firstBatchJobs } from '../delivery/batch-store.ts';
import type { NoticeId, SendId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Job } from '../queue/jobs.ts';
import type { Queues } from '../queue/queues.ts';

export interface WakeParts {
  readonly db: Db;
  readonly queues: Pick<Queues, 'add'>;
  readonly log: Log;
}

/**
 * Wake-ups for rows that were just committed. The reconciler derives them too: a queue that is away costs
 * seconds, so it never turns an answer to a person into a fault.
 */
async function wake(parts: WakeParts, jobs: readonly Job[]): Promise<void> {
  try {
    for (const job of jobs) await parts.queues.add(job);
  } catch (error) {
    parts.log.warn({ event: 'wake-up lost', reason: error instanceof Error ? error.message : 'unknown' });
  }
}

export function wakeNotices(parts: WakeParts, notices: readonly NoticeId[]): Promise<void> {
  return wake(
    parts,
    notices.map((notice) => ({ name: 'notice', notice, fence: 0 })),
  );
}

export async function wakeSend(parts: WakeParts, send: SendId): Promise<void> {
  const claims = await firstBatchJobs(parts.db, send);
  await wake(
    parts,
    claims.map((claim) => ({ name: 'batch', ...claim })),
  );
}
