import type { Db, Tx } from '../db/database.ts';
import type { SuppressionReason } from '../db/leaving-tables.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import { ok, type Result, refuse } from '../result.ts';
import { cleanValue } from './clean-text.ts';
import { type Lift, type LiftedBy, statusesBefore, takeSuppression } from './lift-store.ts';
import { addHistory, lockReadersOfAddress, moveSubscribers, type Subscriber } from './subscriber-store.ts';
import { allOf, eraseSuppression, findSuppression, type Suppression } from './suppression-store.ts';

/**
 * `erased`: only the person can come back, by signing up. `complaint`: whoever lifts has to say that they know of it.
 * `no reason`: nobody could tell later why.
 */
export type LiftRefusal = 'not suppressed' | 'erased' | 'complaint' | 'no reason';

export interface LiftByHand {
  readonly by: Exclude<LiftedBy, { readonly via: 'confirmation' }>;
  readonly why: string;
  /** The reader reported a letter as spam, and it is lifted all the same. */
  readonly despiteComplaint: boolean;
  readonly now: Date;
}

/** Whom lifting concerned. `now` differs from `was` where the suppression had ended the subscription. */
export interface LiftedReader {
  readonly reader: Subscriber;
  readonly was: SubscriberStatus;
  readonly now: SubscriberStatus;
}

export interface Lifted {
  readonly suppression: Suppression;
  readonly readers: readonly LiftedReader[];
}

export function isComplaint(suppression: Suppression): boolean {
  return allOf(suppression).some(({ reason }) => reason === 'complaint');
}

/**
 * A person lets an address be mailed again: readers whose subscription the suppression ended are again what they were,
 * and whoever had left stays as they left. What was suppressed is kept, with who lifted it and why.
 */
export async function liftByHand(
  db: Db,
  addressHash: Buffer,
  given: LiftByHand,
): Promise<Result<Lifted, LiftRefusal>> {
  const lift = { by: given.by, why: cleanValue(given.why), now: given.now };
  if (lift.why === '') return refuse('no reason');
  return db.transaction().execute(async (tx) => {
    const readers = await lockReadersOfAddress(tx, addressHash);
    const suppression = await findSuppression(tx, addressHash);
    if (!suppression) return refuse('not suppressed');
    if (suppression.reason === 'erased') return refuse('erased');
    if (isComplaint(suppression) && !given.despiteComplaint) return refuse('complaint');
    if (!(await take(tx, addressHash, suppression, lift))) return refuse('not suppressed');
    return ok({ suppression, readers: await restore(tx, readers, suppression.reason, lift) });
  });
}

/** Of somebody who was erased the hash stays suppressed: no import is to bring them back. */
async function take(tx: Tx, addressHash: Buffer, suppression: Suppression, lift: Lift): Promise<boolean> {
  const taken = await takeSuppression(tx, addressHash, [suppression.reason], lift);
  if (taken?.erased) await eraseSuppression(tx, addressHash, lift.now);
  return taken !== null;
}

async function restore(
  tx: Tx,
  readers: readonly Subscriber[],
  reason: SuppressionReason,
  { by, why, now }: Lift,
): Promise<LiftedReader[]> {
  const before = await statusesBefore(tx, idsOf(readers));
  const who = by.via === 'desk' ? by.editor.email : by.via;
  const event = 'suppression lifted';
  const detail = { reason, by: who, why };
  for (const [id, to] of before)
    await moveSubscribers(tx, [id], { from: ['bounced', 'complained'], to, event, detail, now });
  for (const { id } of readers) if (!before.has(id)) await addHistory(tx, id, event, detail, now);
  return readers.map((reader) => ({
    reader,
    was: reader.status,
    now: before.get(reader.id) ?? reader.status,
  }));
}

function idsOf(readers: readonly Subscriber[]): SubscriberId[] {
  return readers.map(({ id }) => id);
}
