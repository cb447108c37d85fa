import { DAY_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { PublicationId } from '../ids.ts';
import { listPublications } from '../publications/publication-store.ts';
import { latestSlot } from '../publications/slot.ts';
import { slotHasRun } from './due-store.ts';

export interface SlotJob {
  readonly publication: PublicationId;
  readonly slot_at: Date;
}

/** Slots that have come and were not handled. One from before the slot was set, or more than a day ago, is not made up for. */
export async function missingSlotJobs(db: Db, now: Date): Promise<SlotJob[]> {
  const jobs: SlotJob[] = [];
  for (const publication of await listPublications(db)) {
    const slotAt = latestSlot(publication, now);
    const since = publication.slot_since;
    if (!slotAt || slotAt < since || now.getTime() - slotAt.getTime() > DAY_MS) continue;
    if (!(await slotHasRun(db, publication.id, slotAt)))
      jobs.push({ publication: publication.id, slot_at: slotAt });
  }
  return jobs;
}
