import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Db } from '../db/database.ts';
import { Fault } from '../result.ts';
import { secretFingerprint } from '../tokens.ts';
import { readInstallation, replaceFingerprint } from './installation-store.ts';

/**
 * HMAC-SHA256 of an address's key with the installation's salt: what stays of a person who was erased,
 * worth nothing outside of this database.
 */
export type HashAddress = (addressKey: string) => Buffer;

/** The salt as a key: it also keys what must not be guessed from row ids (Message-IDs). */
export async function saltKey(db: Db): Promise<KeyObject> {
  return createSecretKey((await readInstallation(db)).address_salt);
}

export async function addressHasher(db: Db): Promise<HashAddress> {
  const key = await saltKey(db);
  return (addressKey) => createHmac('sha256', key).update(addressKey).digest();
}

/**
 * Links in letters are signed with APP_SECRET; a start with a foreign one would break them all in silence.
 * The newest secret's fingerprint is kept, once an older one beside it has matched.
 *
 * @param secrets the newest first.
 * @throws {Fault} `wrong_app_secret`
 */
export async function checkSecret(db: Db, secrets: readonly string[]): Promise<void> {
  const [newest, ...older] = secrets.map(secretFingerprint);
  if (newest === undefined) throw new Error('checkSecret needs a secret');
  const { secret_fingerprint: kept } = await readInstallation(db);
  if (kept === newest) return;
  if (kept !== null && !older.includes(kept)) {
    throw new Fault(
      'wrong_app_secret',
      'This database was used with another APP_SECRET, and the links in letters already sent need it: put the old secret after a comma behind the new one.',
    );
  }
  if (!(await replaceFingerprint(db, { from: kept, to: newest }))) await checkSecret(db, secrets);
}
