import type { Db, Tx } from '../db/database.ts';
import type { SuppressionReason } from '../db/leaving-tables.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import { normalizeAddress } from '../publications/address.ts';
import { addressHasher } from '../publications/installation.ts';
import { ok, type Result, refuse } from '../result.ts';
import { cleanValue } from './clean-text.ts';
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
 * `complained`. Who had left stays as they left, and their history says that it was suppressed.
 */
export async function suppressAddress(
  tx: Tx,
  address: { readonly email: string; readonly address_hash: Buffer },
  { reason, evidence, now }: Suppressing,
): Promise<void> {
  const { email, address_hash } = address;
  const ids = (await readersOfAddress(tx, address_hash)).map((reader) => reader.id);
  const to = STATUS_AFTER[reason];
  const moved = to
    ? await moveSubscribers(tx, ids, {
        from: ['pending', 'active'],
        to,
        event: to,
        detail: { evidence },
        now,
      })
    : [];
  if (!(await putSuppression(tx, { email, address_hash, reason, evidence, now }))) return;
  for (const id of ids)
    if (!moved.some((each) => each.id === id))
      await addHistory(tx, id, 'suppressed', { reason, evidence }, now);
}

/** Why an editor wants no mail to go to an address. */
export interface SuppressByHand {
  readonly email: string;
  readonly editor: string;
  readonly why: string;
  readonly now: Date;
}

/** Answers the address's hash; a refusal is what the address lacks, or `no reason`. */
export async function suppressByHand(
  db: Db,
  { email, editor, why, now }: SuppressByHand,
): Promise<Result<Buffer, string>> {
  const address = normalizeAddress(email);
  if (!address.ok) return address;
  const words = cleanValue(why);
  if (words === '') return refuse('no reason');
  const address_hash = (await addressHasher(db))(address.value.address_key);
  const suppressing = { reason: 'manual', evidence: { by: editor, why: words }, now } as const;
  await db
    .transaction()
    .execute((tx) => suppressAddress(tx, { email: address.value.email, address_hash }, suppressing));
  return ok(address_hash);
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
