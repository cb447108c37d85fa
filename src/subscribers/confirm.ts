import { DAY_MS } from '../clock.ts';
import type { Db, Tx } from '../db/database.ts';
import type { ConsentId, PublicationId, SubscriberId } from '../ids.ts';
import { type Consent, consumeConsent, findConsent } from './consent-store.ts';
import { takeSuppression } from './lift-store.ts';
import { addHistory, lockSubscriber, moveSubscribers, setProfile } from './subscriber-store.ts';

/** A sign-up that nobody confirmed for so long was somebody else's: it is over, and the reader forgotten. */
export const CONFIRM_WITHIN_MS = 30 * DAY_MS;

/** Whom a confirmation concerns, for the page and the welcome mail. */
export interface Confirmed {
  readonly subscriber_id: SubscriberId;
  readonly publication_id: PublicationId;
  readonly consent_id: ConsentId;
  readonly email: string;
  readonly locale: string;
}

/**
 * `gone`: the person left after this sign-up, was erased, or let a month pass. `blocked`: suppressed by hand.
 * The publication and locale are there wherever the consent is.
 */
export type Confirmation =
  | ({ readonly kind: 'confirmed' | 'already' } & Confirmed)
  | { readonly kind: 'gone' | 'blocked'; readonly consent: Confirmed | null };

/** What the page that GET shows says: `open` has the button. */
export type ConfirmPreview =
  | ({ readonly kind: 'open' | 'already' } & Confirmed)
  | { readonly kind: 'gone' | 'blocked'; readonly consent: Confirmed | null };

export interface ConfirmParts {
  readonly db: Db;
  /** Makes the welcome mail's row in the same transaction. */
  readonly welcome: (tx: Tx, reader: Confirmed) => Promise<unknown>;
}

/** Changes nothing: mail scanners fetch every link. */
export async function previewConfirmation(db: Db, id: ConsentId, now: Date): Promise<ConfirmPreview> {
  const consent = await findConsent(db, id);
  if (!consent) return { kind: 'gone', consent: null };
  const kind = judge(consent, now);
  const whom = confirmedOf(consent);
  return kind === 'open' || kind === 'already' ? { kind, ...whom } : { kind, consent: whom };
}

/**
 * The person pressed the button: they are a reader, whatever suppressed their address before (unless that
 * was done by hand), and get a welcome. Pressing again changes nothing, and brings nobody back who left.
 */
export async function confirm(
  parts: ConfirmParts,
  id: ConsentId,
  given: { readonly address_prefix: string | null; readonly now: Date },
): Promise<Confirmation> {
  return parts.db.transaction().execute(async (tx) => {
    const seen = await findConsent(tx, id);
    // whoever holds the reader's row may be confirming or unsubscribing: read again once it is ours
    if (seen) await lockSubscriber(tx, seen.subscriber_id);
    const consent = seen && (await findConsent(tx, id));
    if (!consent) return { kind: 'gone', consent: null };

    const kind = judge(consent, given.now);
    const whom = confirmedOf(consent);
    if (kind === 'gone' || kind === 'blocked') return { kind, consent: whom };
    if (kind === 'already') return { kind, ...whom };
    await activate(tx, consent, given);
    await parts.welcome(tx, whom);
    return { kind: 'confirmed', ...whom };
  });
}

function judge(consent: Consent, now: Date): 'open' | 'already' | 'gone' | 'blocked' {
  if (consent.status === 'active') return 'already';
  if (consent.confirmed_at) return 'gone';
  if (consent.suppressed === 'manual') return 'blocked';
  const leftSince = consent.status !== 'pending' && consent.status_changed_at > consent.requested_at;
  const expired = now.getTime() - consent.requested_at.getTime() > CONFIRM_WITHIN_MS;
  return leftSince || expired ? 'gone' : 'open';
}

async function activate(
  tx: Tx,
  consent: Consent,
  given: { readonly address_prefix: string | null; readonly now: Date },
): Promise<void> {
  const { now } = given;
  await consumeConsent(tx, consent.id, given);
  const detail = { consent: consent.id };
  const move = { from: [consent.status], to: 'active', event: 'confirmed', detail, now } as const;
  await moveSubscribers(tx, [consent.subscriber_id], move);
  await setProfile(tx, consent.subscriber_id, { locale: consent.locale, subscribed_at: now });
  const lift = { by: { via: 'confirmation' }, why: '', now } as const;
  const lifted = await takeSuppression(tx, consent.address_hash, ['erased', 'bounce', 'complaint'], lift);
  if (lifted)
    await addHistory(tx, consent.subscriber_id, 'suppression lifted', { reason: lifted.reason }, now);
}

function confirmedOf(consent: Consent): Confirmed {
  const { id, subscriber_id, publication_id, email, locale } = consent;
  return { consent_id: id, subscriber_id, publication_id, email, locale };
}
