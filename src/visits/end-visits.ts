import type { Db } from '../db/database.ts';
import { dropVisits, holdReport, markStale, sendsToEnd, sumUp } from './visit-count-store.ts';

/**
 * Drops the visits of sends that are condensed, each in one transaction with the last sum of them. What comes later
 * is dropped and not counted: who clicks on a link of an old letter is sent on all the same.
 *
 * @returns of how many sends.
 */
export async function endOldVisits(db: Db): Promise<number> {
  const sends = await sendsToEnd(db);
  for (const send of sends) {
    await db.transaction().execute(async (tx) => {
      await markStale(tx, [send]);
      if (await holdReport(tx, send)) await sumUp(tx, send);
      await dropVisits(tx, send);
    });
  }
  return sends.length;
}
