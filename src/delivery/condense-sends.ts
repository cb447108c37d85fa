import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { Fault } from '../result.ts';
import { dropDetails, dropLedger, keepLastTallies, sendsOverBefore } from './retention-store.ts';
import { markAbandoned } from './retry-store.ts';
import { lockSend, type Send } from './send-store.ts';

export interface RetentionDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly limits: Pick<Config['limits'], 'retentionMs'>;
}

/**
 * Condenses the sends that have been over for longer than deliveries are kept, each in one transaction: what was
 * interrupted is done the next time, and a receipt says the same before and after.
 *
 * @returns how many it condensed.
 */
export async function condenseOldSends({ db, clock, limits }: RetentionDeps): Promise<number> {
  if (limits.retentionMs === null) return 0;
  const before = new Date(clock.now().getTime() - limits.retentionMs);
  const old = await sendsOverBefore(db, before);
  for (const id of old) {
    await markAbandoned(db, id);
    await condense(db, id, before);
  }
  return old.length;
}

function condense(db: Db, id: SendId, before: Date): Promise<void> {
  return db.transaction().execute(async (tx) => {
    const { condensed_at, finished_at } = await lockSend(tx, id);
    // another worker was here, or an editor made it run again
    if (condensed_at !== null || finished_at === null || finished_at >= before) return;
    await keepLastTallies(tx, id);
    await dropDetails(tx, id);
    await dropLedger(tx, id);
  });
}

/** @throws {Fault} `condensed` */
export function requireDeliveries({ id, condensed_at }: Send): void {
  if (condensed_at === null) return;
  throw new Fault(
    'condensed',
    `s${id} was over so long ago that only its counts are kept (RETENTION_DAYS): it can be neither retried nor settled.`,
  );
}
