import { sql } from 'kysely';
import { DAY_MS, MINUTE_MS } from '../clock.ts';
import type { Db, Tx } from '../db/database.ts';
import type { SuppressionReason } from '../db/leaving-tables.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { ConsentId, PublicationId, SubscriberId } from '../ids.ts';

/** Against filling a stranger's mailbox by signing them up again and again; for each reader of a publication. */
const CONFIRM_MAIL_PAUSE_MS = 10 * MINUTE_MS;
const CONFIRM_MAILS_A_DAY = 3;

export interface ConsentFacts {
  readonly source: 'form' | 'json' | 'import';
  /** Which wording the person agreed to. */
  readonly form_version: string;
  /** IPv4 /24 or IPv6 /48; null where nobody was asked over the web. */
  readonly address_prefix: string | null;
  readonly now: Date;
}

/**
 * Notes that readers are to be asked; leaves out those who had a confirm mail a short while ago, or
 * enough of them today. A consent that was given elsewhere (import) was confirmed when it was noted, and
 * is no mail.
 */
export async function requestConsents(
  tx: Tx,
  readers: readonly { readonly id: SubscriberId; readonly locale: string }[],
  facts: ConsentFacts,
): Promise<{ id: ConsentId; subscriber_id: SubscriberId }[]> {
  const ids = readers.map((reader) => reader.id);
  await sql`select id from subscribers where id = any(${ids}::bigint[]) order by id for update`.execute(tx);
  const { rows } = await sql<{ id: ConsentId; subscriber_id: SubscriberId }>`
    insert into consents (subscriber_id, source, form_version, locale, requested_at, address_prefix)
    select asked.id, ${facts.source}, ${facts.form_version}, asked.locale, ${facts.now}, ${facts.address_prefix}
    from unnest(${ids}::bigint[], ${readers.map((reader) => reader.locale)}::text[]) as asked (id, locale)
    where (
      select count(*) < ${CONFIRM_MAILS_A_DAY}
        and count(*) filter (where requested_at > ${ago(facts.now, CONFIRM_MAIL_PAUSE_MS)}) = 0
      from consents c
      where c.subscriber_id = asked.id and requested_at > ${ago(facts.now, DAY_MS)}
        and confirmed_at is distinct from requested_at
    )
    returning id, subscriber_id`.execute(tx);
  return rows;
}

export interface Consent {
  readonly id: ConsentId;
  readonly subscriber_id: SubscriberId;
  readonly publication_id: PublicationId;
  readonly email: string;
  readonly address_hash: Buffer;
  /** In which the person signed up. */
  readonly locale: string;
  readonly status: SubscriberStatus;
  readonly status_changed_at: Date;
  readonly requested_at: Date;
  readonly confirmed_at: Date | null;
  readonly suppressed: SuppressionReason | null;
}

/** Null where there is none, or its reader was erased. */
export async function findConsent(db: Db, id: ConsentId): Promise<Consent | null> {
  const row = await db
    .selectFrom('consents')
    .innerJoin('subscribers', 'subscribers.id', 'consents.subscriber_id')
    .leftJoin('suppressions', 'suppressions.address_hash', 'subscribers.address_hash')
    .select([
      'consents.id',
      'consents.subscriber_id',
      'subscribers.publication_id',
      'subscribers.email',
      'subscribers.address_hash',
      'consents.locale',
      'subscribers.status',
      'subscribers.status_changed_at',
      'consents.requested_at',
      'consents.confirmed_at',
      'suppressions.reason as suppressed',
    ])
    .where('consents.id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** False where it was consumed already. */
export async function consumeConsent(
  tx: Tx,
  id: ConsentId,
  confirmation: { readonly address_prefix: string | null; readonly now: Date },
): Promise<boolean> {
  const result = await tx
    .updateTable('consents')
    .set({ confirmed_at: confirmation.now, confirm_address_prefix: confirmation.address_prefix })
    .where('id', '=', id)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function ago(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms);
}
