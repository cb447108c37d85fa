import type { Db, Tx } from '../db/database.ts';
import type { ConsentId, PublicationId, SubscriberId } from '../ids.ts';
import { type Address, normalizeAddress } from '../publications/address.ts';
import type { HashAddress } from '../publications/installation.ts';
import { readLocale } from '../publications/locale.ts';
import type { Publication } from '../publications/publication.ts';
import { ok, type Result } from '../result.ts';
import { cleanName } from './clean-text.ts';
import { type ConsentFacts, requestConsents } from './consent-store.ts';
import {
  addHistory,
  findReader,
  insertPending,
  lockSubscriber,
  type Subscriber,
  setProfile,
} from './subscriber-store.ts';
import { findSuppression } from './suppression-store.ts';

/** A person to be asked whether they want the letter; nothing of what they typed but the address. */
export interface ConfirmRequest {
  readonly consent_id: ConsentId;
  readonly subscriber_id: SubscriberId;
  readonly publication_id: PublicationId;
  readonly email: string;
  readonly locale: string;
}

/** Makes the confirm mails' rows in the transaction that asks for them. */
export type AskToConfirm = (tx: Tx, requests: readonly ConfirmRequest[]) => Promise<unknown>;

export interface SignUpParts {
  readonly db: Db;
  readonly hashAddress: HashAddress;
  readonly askToConfirm: AskToConfirm;
}

export interface SignUpRequest extends ConsentFacts {
  readonly publication: Publication;
  readonly email: string;
  readonly name?: string | undefined;
  /** Anything that is no language tag means the publication's own. */
  readonly locale?: string | undefined;
}

/**
 * Somebody gave an address. The answer says only whether it can be one: whoever is known already, had
 * their confirm mail or may never be mailed gets the same answer as a new reader.
 */
export async function signUp(parts: SignUpParts, request: SignUpRequest): Promise<Result<null, string>> {
  const address = normalizeAddress(request.email);
  if (!address.ok) return address;
  await parts.db.transaction().execute(async (tx) => {
    const address_hash = parts.hashAddress(address.value.address_key);
    // made by hand: even the person's own sign-up does not lift it
    if ((await findSuppression(tx, address_hash))?.reason === 'manual') return;
    const locale = readLocale(request.locale ?? '') ?? request.publication.locale;
    const reader = await pendingReader(tx, address.value, { address_hash, locale, request });
    if (reader && reader.status !== 'active') await ask(tx, parts, reader, { ...request, locale });
  });
  return ok(null);
}

async function pendingReader(
  tx: Tx,
  address: Address,
  sought: { address_hash: Buffer; locale: string; request: SignUpRequest },
): Promise<Subscriber | null> {
  const { address_hash, locale, request } = sought;
  const publication_id = request.publication.id;
  const name = cleanName(request.name ?? '');
  const row = { ...address, publication_id, address_hash, name, locale };
  const added = await insertPending(tx, row, request.now);
  if (added) {
    await addHistory(tx, added.id, 'signed up', { source: request.source }, request.now);
    return added;
  }
  const known = await findReader(tx, publication_id, address.address_key);
  const reader = known && (await lockSubscriber(tx, known.id));
  // who has not confirmed yet may have mistyped; who was a reader says so in their preferences
  if (reader?.status === 'pending') await setProfile(tx, reader.id, { ...(name ? { name } : {}), locale });
  return reader;
}

async function ask(
  tx: Tx,
  parts: SignUpParts,
  reader: Subscriber,
  facts: ConsentFacts & { locale: string },
): Promise<void> {
  const [consent] = await requestConsents(tx, [{ id: reader.id, locale: facts.locale }], facts);
  if (!consent) return;
  const { id: subscriber_id, publication_id, email } = reader;
  const request = { consent_id: consent.id, subscriber_id, publication_id, email, locale: facts.locale };
  await parts.askToConfirm(tx, [request]);
}
