import type { Db } from '../db/database.ts';
import { settleAccepted } from './retry-store.ts';
import { finishIfDone } from './send-store.ts';
import { type NamedDelivery, unknownAmong } from './unknown-store.ts';

/**
 * Something came back that names these deliveries, so the mail server had them: those of unknown outcome were
 * accepted, and are not sent again. One that a retry has taken is that send's business. Batches are held only where
 * there is something to settle, which is rare.
 */
export async function settleArrived(db: Db, deliveries: readonly NamedDelivery[]): Promise<void> {
  const unknown = await unknownAmong(db, deliveries);
  for (const [send, of] of Map.groupBy(unknown, (delivery) => delivery.send)) {
    const readers = of.map(({ subscriber }) => subscriber);
    await db.transaction().execute((tx) => settleAccepted(tx, send, readers));
    await finishIfDone(db, send);
  }
}
