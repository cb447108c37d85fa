import type { Db } from '../db/database.ts';
import { CONFIRM_WITHIN_MS } from './confirm.ts';
import { deleteUnconfirmed, lockUnconfirmed } from './unconfirmed-store.ts';

const CHUNK = 1000;

/**
 * Forgets who was asked and let the time for confirming pass: an address that nobody vouched for is not ours to
 * keep. No hash of it is left; whoever wants the letter after all signs up as anyone does.
 *
 * @returns how many.
 */
export async function forgetUnconfirmed(db: Db, now: Date): Promise<number> {
  const askedBefore = new Date(now.getTime() - CONFIRM_WITHIN_MS);
  let forgotten = 0;
  for (;;) {
    const chunk = await db.transaction().execute(async (tx) => {
      const ids = await lockUnconfirmed(tx, askedBefore, CHUNK);
      return deleteUnconfirmed(tx, ids, askedBefore);
    });
    forgotten += chunk;
    if (chunk < CHUNK) return forgotten;
  }
}
