import type { Db } from '../db/database.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import { type LiftedSuppression, liftedSuppressions, statusesBefore } from './lift-store.ts';
import { type Reading, readingsOf, suppressedEmail } from './suppression-list-store.ts';
import { findSuppression, type Suppression } from './suppression-store.ts';

/** All that is known of one address and the mail that may go there. */
export interface AddressStanding {
  /** Null: erased. */
  readonly email: string | null;
  /** Null: it may be mailed. */
  readonly suppression: Suppression | null;
  /** Suppressions that were lifted, newest first. */
  readonly lifted: readonly LiftedSuppression[];
  /** In every publication; `after` is what lifting makes of it. */
  readonly readings: readonly (Reading & { readonly after: SubscriberStatus })[];
}

/** Null where nothing at all is known of it. */
export async function standingOf(db: Db, addressHash: Buffer): Promise<AddressStanding | null> {
  const suppression = await findSuppression(db, addressHash);
  const lifted = await liftedSuppressions(db, addressHash);
  const readings = await readingsOf(db, addressHash);
  if (!suppression && lifted.length === 0 && readings.length === 0) return null;
  const before = await statusesBefore(
    db,
    readings.map(({ id }) => id),
  );
  return {
    email: (await suppressedEmail(db, addressHash)) ?? readings[0]?.email ?? null,
    suppression,
    lifted,
    readings: readings.map((reading) => ({ ...reading, after: before.get(reading.id) ?? reading.status })),
  };
}
