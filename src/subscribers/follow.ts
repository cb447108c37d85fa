import type { Db, Tx } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';
import { addHistory, setFollowedSince } from './subscriber-store.ts';

/** What the history calls it. */
const AGREED = 'following agreed';
const TAKEN_BACK = 'following taken back';

/**
 * A reader agrees that their own opens and clicks are known, or takes it back; the history keeps the words that they saw.
 * Does nothing where it is so already.
 *
 * @param forgetVisits makes visits of nobody of what was known: they belong to a module that this one does not know.
 */
export async function setFollowed(
  db: Db,
  id: SubscriberId,
  { followed, wording, now }: { readonly followed: boolean; readonly wording: string; readonly now: Date },
  forgetVisits: (tx: Tx, readers: readonly SubscriberId[]) => Promise<void>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!(await setFollowedSince(tx, id, followed ? now : null))) return;
    await addHistory(tx, id, followed ? AGREED : TAKEN_BACK, { wording }, now);
    if (!followed) await forgetVisits(tx, [id]);
  });
}
