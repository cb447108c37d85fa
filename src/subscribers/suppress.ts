import type { Tx } from '../db/database.ts';
import type { SubscriberStatus, SuppressionReason } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import { addHistory, findSubscriber, moveSubscribers, readersOfAddress } from './subscriber-store.ts';
import { putSuppression } from './suppression-store.ts';

export interface Suppressing {
  readonly reason: Exclude<SuppressionReason, 'erased'>;
  /** Codes, texts and ids that say why; kept with the suppression and in the readers' histories. */
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly now: Date;
}

const STATUS_AFTER = { bounce: 'bounced', complaint: 'complained', manual: null } as const satisfies Record<
  Suppressing['reason'],
  SubscriberStatus | null
>;

/**
 * The address is not mailed again, by any publication, and who read or was asked there is `bounced` or
 * `complained`. Who had left stays as they left.
 */
export async function suppressAddress(
  tx: Tx,
  address: { readonly email: string; readonly address_hash: Buffer },
  { reason, evidence, now }: Suppressing,
): Promise<void> {
  const readers = await readersOfAddress(tx, address.address_hash);
  const ids = readers.map((reader) => reader.id);
  const to = STATUS_AFTER[reason];
  if (to) {
    await moveSubscribers(tx, ids, { from: ['pending', 'active'], to, event: to, detail: { evidence }, now });
  } else {
    for (const id of ids) await addHistory(tx, id, 'suppressed', { reason, evidence }, now);
  }
  await putSuppression(tx, { ...address, reason, evidence, now });
}

/** As {@link suppressAddress}; false where the reader was erased meanwhile. */
export async function suppressReader(tx: Tx, id: SubscriberId, why: Suppressing): Promise<boolean> {
  const reader = await findSubscriber(tx, id);
  if (!reader) return false;
  await suppressAddress(tx, reader, why);
  return true;
}

/** One subscription ends, and no other of the person: the mailbox may be there again one day. */
export async function endSubscription(
  tx: Tx,
  id: SubscriberId,
  { evidence, now }: Pick<Suppressing, 'evidence' | 'now'>,
): Promise<void> {
  const move = {
    from: ['pending', 'active'],
    to: 'bounced',
    event: 'bounced',
    detail: { evidence },
    now,
  } as const;
  await moveSubscribers(tx, [id], move);
}
