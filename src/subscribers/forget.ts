import type { Db, Tx } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';
import { normalizeAddress } from '../publications/address.ts';
import { addressHasher } from '../publications/installation.ts';
import { Fault } from '../result.ts';
import { eraseLifted } from './lift-store.ts';
import { deleteReaders } from './subscriber-store.ts';
import { eraseSuppression } from './suppression-store.ts';

/**
 * Erases a person from every publication: reader, consents, history, notices. What stays is the hash of the
 * address among the suppressions, so that no import brings them back (they themselves can, by signing up).
 *
 * @param eraseElsewhere deletes what higher modules keep of the person: mail that was written to the address, what came back of it,
 *   visits.
 * @returns how many publications they read.
 * @throws {Fault} `bad_address`
 */
export async function forget(
  db: Db,
  email: string,
  {
    eraseElsewhere,
    now,
  }: {
    readonly eraseElsewhere: (tx: Tx, email: string, readers: readonly SubscriberId[]) => Promise<unknown>;
    readonly now: Date;
  },
): Promise<{ readonly readers: number }> {
  const address = normalizeAddress(email);
  if (!address.ok) throw new Fault('bad_address', `The address "${email}" ${address.error}.`);
  const hash = (await addressHasher(db))(address.value.address_key);
  return db.transaction().execute(async (tx) => {
    const readers = await deleteReaders(tx, hash);
    await eraseElsewhere(tx, address.value.address_key, readers);
    await eraseLifted(tx, hash);
    await eraseSuppression(tx, hash, now);
    return { readers: readers.length };
  });
}
