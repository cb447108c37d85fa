import type { Db } from '../db/database.ts';

export async function readInstallation(
  db: Db,
): Promise<{ address_salt: Buffer; secret_fingerprint: string | null }> {
  return db
    .selectFrom('installation')
    .select(['address_salt', 'secret_fingerprint'])
    .executeTakeFirstOrThrow();
}

/** False where another process wrote one since it was read. */
export async function replaceFingerprint(
  db: Db,
  fingerprints: { readonly from: string | null; readonly to: string },
): Promise<boolean> {
  const result = await db
    .updateTable('installation')
    .set({ secret_fingerprint: fingerprints.to })
    .where('secret_fingerprint', 'is not distinct from', fingerprints.from)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
