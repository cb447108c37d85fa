import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import type { Job } from '../queue/jobs.ts';
import { firstBatchJobs } from './batch-store.ts';
import { findSend } from './send-store.ts';

/**
 * The wake-ups of a send as it stands now, for whoever has just changed it: the reconciler derives them too, at its
 * next step. A send whose time has come is frozen first; its first batches come then.
 */
export async function sendJobs(db: Db, id: SendId, now: Date): Promise<Job[]> {
  const { state, due_at } = await findSend(db, id);
  if (state === 'scheduled') return due_at <= now ? [{ name: 'freeze', send: id }] : [];
  if (state !== 'sending') return [];
  return (await firstBatchJobs(db, id)).map((claim) => ({ name: 'batch', ...claim }));
}
