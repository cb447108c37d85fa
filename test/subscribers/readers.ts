import { sql } from 'kysely';
import type { Db, Tx } from '../../src/db/database.ts';
import type { SubscriberStatus } from '../../src/db/schema.ts';
import type { ConsentId, SubscriberId } from '../../src/ids.ts';
import { createPublication } from '../../src/publications/edit-publications.ts';
import { addressHasher } from '../../src/publications/installation.ts';
import type { Publication } from '../../src/publications/publication.ts';
import { type Confirmation, confirm } from '../../src/subscribers/confirm.ts';
import { type ConfirmRequest, type SignUpRequest, signUp } from '../../src/subscribers/sign-up.ts';
import { findReader } from '../../src/subscribers/subscriber-store.ts';

export const NOW = new Date('2026-11-23T08:00:00Z');

export function later(ms: number, from = NOW): Date {
  return new Date(from.getTime() + ms);
}

export function makePublication(db: Db, slug: string): Promise<Publication> {
  return createPublication(db, { slug, name: 'The Press', from_address: 'press@example.com' });
}

/** Signs people up and confirms them, and keeps what was asked of whom. */
export async function openReaders(db: Db, publication: Publication) {
  const asked: ConfirmRequest[] = [];
  const welcomed: SubscriberId[] = [];
  const hashAddress = await addressHasher(db);
  const parts = {
    db,
    hashAddress,
    askToConfirm: async (_: Tx, requests: readonly ConfirmRequest[]) => void asked.push(...requests),
    welcome: async (_: Tx, { subscriber_id }: { subscriber_id: SubscriberId }) =>
      void welcomed.push(subscriber_id),
  };
  const facts = { publication, source: 'form', form_version: 'v1', address_prefix: '192.0.2.0/24' } as const;

  const readers = {
    ...parts,
    parts,
    asked,
    welcomed,
    signUp: (email: string, more: Partial<SignUpRequest> = {}) =>
      signUp(parts, { ...facts, email, now: NOW, ...more }),
    confirm: (consent: ConsentId, now = NOW): Promise<Confirmation> =>
      confirm(parts, consent, { address_prefix: '198.51.100.0/24', now }),
    /** Signs up; answers the consent that the mail asks about. */
    async asks(email: string, now = NOW): Promise<ConsentId> {
      const before = asked.length;
      await readers.signUp(email, { now });
      const request = asked[before];
      if (!request) throw new Error('nobody was asked');
      return request.consent_id;
    },
    async active(email: string, now = NOW): Promise<SubscriberId> {
      const confirmation = await readers.confirm(await readers.asks(email, now), now);
      if (confirmation.kind !== 'confirmed') throw new Error('not confirmed');
      return confirmation.subscriber_id;
    },
    async status(email: string): Promise<SubscriberStatus | undefined> {
      return (await findReader(db, publication.id, email))?.status;
    },
  };
  return readers;
}

export async function historyOf(db: Db, id: SubscriberId): Promise<string[]> {
  const rows = await db
    .selectFrom('subscriber_events')
    .select('event')
    .where('subscriber_id', '=', id)
    .orderBy('id')
    .execute();
  return rows.map((row) => row.event);
}

export async function emptyReaders(db: Db): Promise<void> {
  await sql`truncate subscribers, suppressions, lifted_suppressions restart identity cascade`.execute(db);
}
