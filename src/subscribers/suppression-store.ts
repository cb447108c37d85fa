import { sql } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '../db/database.ts';
import type { SuppressionReason } from '../db/leaving-tables.ts';

/** Why an address is mailed no more. */
export interface Suppression {
  readonly reason: SuppressionReason;
  readonly since: Date;
  /** Of what feedback made: `event` (its id), `source`, `reply`, `send`; of one by hand `by` and `why`. */
  readonly evidence: Readonly<Record<string, unknown>>;
  /** What stood there before, with a weaker reason. */
  readonly replaced: Suppression | null;
}

const REASONS = ['bounce', 'complaint', 'erased', 'manual'] as const satisfies readonly SuppressionReason[];

const suppressionShape: z.ZodType<Suppression> = z.lazy(() =>
  z.object({
    reason: z.enum(REASONS),
    since: z.coerce.date(),
    evidence: z.record(z.string(), z.unknown()),
    replaced: suppressionShape.nullable(),
  }),
);

/** A row's suppression, with all that it took the place of. */
export function readSuppression(row: { readonly [Key in keyof Suppression]: unknown }): Suppression {
  return suppressionShape.parse(row);
}

/** All that stands against the address: the strongest first, then what it took the place of. */
export function allOf(suppression: Suppression): readonly Suppression[] {
  return suppression.replaced ? [suppression, ...allOf(suppression.replaced)] : [suppression];
}

/** Null: the address may be mailed. */
export async function findSuppression(db: Db, addressHash: Buffer): Promise<Suppression | null> {
  const row = await db
    .selectFrom('suppressions')
    .select(['reason', 'since', 'evidence', 'replaced'])
    .where('address_hash', '=', addressHash)
    .executeTakeFirst();
  return row ? readSuppression(row) : null;
}

/**
 * Of two reasons the stronger stays, and keeps the other. An address that was forgotten stays forgotten: a
 * suppression that holds no email never gets one.
 *
 * @returns false where a reason as strong stood there already.
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
): Promise<boolean> {
  const { address_hash, email, reason, evidence, now } = suppression;
  const { numAffectedRows } = await sql`
    insert into suppressions (address_hash, email, reason, evidence, since)
    values (${address_hash}, ${email}, ${reason}, ${JSON.stringify(evidence)}, ${now})
    on conflict (address_hash) do update
      set reason = excluded.reason, since = excluded.since,
        evidence = case when suppressions.email is null then '{}' else excluded.evidence end,
        replaced = jsonb_build_object('reason', suppressions.reason, 'since', suppressions.since,
          'evidence', suppressions.evidence, 'replaced', suppressions.replaced)
      where ${strength('excluded')} > ${strength('suppressions')}`.execute(tx);
  return numAffectedRows === 1n;
}

/** Leaves the hash, with the reason it had if there was one; a server's words may quote the address. */
export async function eraseSuppression(tx: Tx, addressHash: Buffer, now: Date): Promise<void> {
  await tx
    .insertInto('suppressions')
    .values({ address_hash: addressHash, email: null, reason: 'erased', since: now })
    .onConflict((conflict) =>
      conflict.column('address_hash').doUpdateSet({ email: null, evidence: '{}', replaced: null }),
    )
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
