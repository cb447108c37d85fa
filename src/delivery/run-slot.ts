import type { Tx } from '../db/database.ts';
import type { PublicationId } from '../ids.ts';
import { type Issue, nextReadyIssue, setReady } from '../issues/issue-store.ts';
import type { Publication } from '../publications/publication.ts';
import { publicationById } from '../publications/publication-store.ts';
import { showSlot } from '../publications/slot.ts';
import { insertSlotRun, setSlotSend } from './due-store.ts';
import type { DueDeps, EditorWord } from './freeze-due-send.ts';
import type { SlotJob } from './missing-slots.ts';
import { firstSendOf, insertSend } from './send-store.ts';

/**
 * A weekly slot has come: the ready issue becomes a send due at the slot (and is held if that is long past);
 * none ready, and the editors are told, and nothing is sent.
 */
export async function runSlot(deps: DueDeps, job: SlotJob): Promise<void> {
  const publication = await publicationById(deps.db, job.publication);
  await deps.db.transaction().execute(async (tx) => {
    if (!(await insertSlotRun(tx, publication.id, job.slot_at))) return;
    const issue = await takeReadyIssue(tx, publication.id, deps.clock.now());
    if (!issue) return deps.tellEditors(tx, nothingReady(publication, job.slot_at));
    const row = { publication_id: publication.id, issue_id: issue.id, due_at: job.slot_at, again: false };
    await setSlotSend(tx, publication.id, job.slot_at, await insertSend(tx, row));
  });
}

/** The first one offered that was not sent meanwhile; it is no longer ready, whatever becomes of its send. */
async function takeReadyIssue(tx: Tx, publication: PublicationId, now: Date): Promise<Issue | null> {
  for (;;) {
    const issue = await nextReadyIssue(tx, publication);
    if (!issue) return null;
    await setReady(tx, issue.id, false, now);
    if (!(await firstSendOf(tx, issue.id))) return issue;
  }
}

function nothingReady(publication: Publication, slotAt: Date): EditorWord {
  const slot = publication.slot ? showSlot(publication.slot) : '';
  return {
    publication,
    key: `slot:${publication.id}:${slotAt.toISOString()}`,
    heading: `${publication.name}: no issue was ready`,
    paragraphs: [
      `The weekly slot (${slot}, ${publication.timezone}) came and no issue was marked ready, so nothing was sent.`,
      'Mark an issue ready before the next slot, or send it by hand from the desk.',
    ],
  };
}
