import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SuppressionReason } from '../db/schema.ts';

/** Why an address is mailed no more. */
export interface Suppression {
  readonly reason: SuppressionReason;
  readonly since: Date;
  /** Of what feedback made: `event` (its id), `source`, `reply`, `send`. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Null: the address may be mailed. */
export async function findSuppression(db: Db, addressHash: Buffer): Promise<Suppression | null> {
  const row = await db
    .selectFrom('suppressions')
    .select(['reason', 'since', 'evidence'])
    .where('address_hash', '=', addressHash)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Of two reasons the stronger stays. An address that was forgotten stays forgotten: a suppression that
 * holds no email never gets one.
 */
export async function putSuppression(
  tx: Tx,
  suppression: {
    readonly address_hash: Buffer;
    readonly email: string;
    readonly reason: SuppressionReason;
    readonly evidence: Readonly<Record<string, unknown>>;
    readonly now: Date;
  },
): Promise<void> {
  const { address_hash, email, reason, evidence, now } = suppression;
  await sql`
    insert into suppressions (address_hash, email, reason, evidence, since)
    values (${address_hash}, ${email}, ${reason}, ${JSON.stringify(evidence)}, ${now})
    on conflict (address_hash) do update
      set reason = excluded.reason, since = excluded.since,
        evidence = case when suppressions.email is null then '{}' else excluded.evidence end
      where ${strength('excluded')} > ${strength('suppressions')}`.execute(tx);
}

/** What a person's own confirmation does; one made by hand stays. Answers the reason that was lifted. */
export async function liftSuppression(tx: Tx, addressHash: Buffer): Promise<SuppressionReason | null> {
  const row = await tx
    .deleteFrom('suppressions')
    .where('address_hash', '=', addressHash)
    .where('reason', '!=', 'manual')
    .returning('reason')
    .executeTakeFirst();
  return row?.reason ?? null;
}

/** Leaves the hash, with the reason it had if there was one; a server's words may quote the address. */
export async function eraseSuppression(tx: Tx, addressHash: Buffer, now: Date): Promise<void> {
  await tx
    .insertInto('suppressions')
    .values({ address_hash: addressHash, email: null, reason: 'erased', since: now })
    .onConflict((conflict) => conflict.column('address_hash').doUpdateSet({ email: null, evidence: '{}' }))
    .execute();
}

/** Which of several suppressions hold; the rest may be mailed. */
export async function suppressedAmong(db: Db, addressHashes: readonly Buffer[]): Promise<Set<string>> {
  const { rows } = await sql<{ address_hash: Buffer }>`
    select address_hash from suppressions where address_hash = any(${addressHashes}::bytea[])`.execute(db);
  return new Set(rows.map((row) => row.address_hash.toString('hex')));
}

function strength(table: 'excluded' | 'suppressions') {
  return sql`array_position(array['erased', 'bounce', 'complaint', 'manual'], ${sql.ref(`${table}.reason`)})`;
}
