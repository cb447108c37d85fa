import type { Db } from '../db/database.ts';
import type { SuppressionReason } from '../db/leaving-tables.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import { normalizeAddress } from '../publications/address.ts';
import { addressHasher } from '../publications/installation.ts';
import type { Publication } from '../publications/publication.ts';
import { Fault } from '../result.ts';
import type { LeaveBy } from './leave.ts';
import { findReader, readHistory } from './subscriber-store.ts';
import { findSuppression } from './suppression-store.ts';

export interface ShownSubscriber {
  readonly email: string;
  readonly name: string;
  readonly status: SubscriberStatus;
  readonly locale: string;
  readonly suppressed: SuppressionReason | null;
  /** Why and since when; `evidence` is what feedback made it of, an event's id and the reply among it. */
  readonly suppression: { readonly since: string; readonly evidence: object } | null;
  /** `at` is ISO 8601. */
  readonly history: readonly { readonly at: string; readonly event: string; readonly detail: object }[];
}

/** How somebody left, in words behind "unsubscribed". */
const WAYS: Readonly<Record<LeaveBy['via'], string>> = {
  'one-click': 'with one click',
  page: 'on the page',
  preferences: 'on the preferences page',
  desk: 'at the desk',
  mail: 'by mail',
  provider: 'through the mail provider',
};

/** An entry of the history as a person reads it: "unsubscribed by mail". */
export function eventWords({ event, detail }: ShownSubscriber['history'][number]): string {
  const via = 'via' in detail ? String(detail.via) : '';
  const [, way] = Object.entries(WAYS).find(([name]) => name === via) ?? [];
  const because = 'because' in detail ? `, because: ${detail.because}` : '';
  const words = 'words' in detail && detail.words !== '' ? ` (“${detail.words}”)` : '';
  return event === 'unsubscribed' && way ? `${event} ${way}${because}${words}` : event;
}

/** @throws {Fault} `bad_address`; `unknown_subscriber`, saying so if the address alone is suppressed. */
export async function showSubscriber(
  db: Db,
  publication: Publication,
  email: string,
): Promise<ShownSubscriber> {
  const address = normalizeAddress(email);
  if (!address.ok) throw new Fault('bad_address', `The address "${email}" ${address.error}.`);
  const hash = (await addressHasher(db))(address.value.address_key);
  const suppression = await findSuppression(db, hash);
  const suppressed = suppression?.reason ?? null;
  const reader = await findReader(db, publication.id, address.value.address_key);
  if (!reader) {
    const more = suppressed ? ` (the address is suppressed: ${suppressed})` : '';
    throw new Fault(
      'unknown_subscriber',
      `Nobody with that address is a reader of ${publication.name}${more}.`,
    );
  }
  const history = (await readHistory(db, reader.id)).map((row) => ({ ...row, at: row.at.toISOString() }));
  const { name, status, locale } = reader;
  const why = suppression && { since: suppression.since.toISOString(), evidence: suppression.evidence };
  return { email: reader.email, name, status, locale, suppressed, suppression: why, history };
}
