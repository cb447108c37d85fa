import type { KeyObject } from 'node:crypto';
import type { Db } from '../db/database.ts';
import type { NamedDelivery } from '../delivery/unknown-store.ts';
import { asId, type SubscriberId } from '../ids.ts';
import { readMessageId } from '../outbound/message-names.ts';
import { normalizeAddress } from '../publications/address.ts';
import type { HashAddress } from '../publications/installation.ts';
import type { MailedRow } from '../tokens/bounce-address.ts';
import { type Candidate, candidatesFor, readersOfNotices } from './find-mail-store.ts';
import type { About } from './reported-event.ts';

/** Which mail an event is about, and to whom it went. */
export interface FoundMail {
  readonly delivery: NamedDelivery | null;
  /** One, where it is known which of a person's publications it was; else the person's row in each. */
  readonly readers: readonly SubscriberId[];
}

/** What finding needs of the installation. */
export interface Finder {
  readonly saltKey: KeyObject;
  readonly hashAddress: HashAddress;
}

const NOBODY: FoundMail = { delivery: null, readers: [] };

/**
 * For each event its mail, in their order. A Message-ID of ours is proof, and is believed before the address: mail is
 * forwarded, and then it is another's address that bounces (RFC 3464 section 2.3.1). Without it the address and the
 * server's id lead to the newest delivery.
 */
export async function findMails(db: Db, finder: Finder, abouts: readonly About[]): Promise<FoundMail[]> {
  const rows = abouts.map((about) => ownRow(about, finder));
  const hashes = abouts.map((about, index) => (rows[index] ? null : hashOf(about, finder)));
  const notices = await readersOfNotices(
    db,
    rows.flatMap((row) => (row?.kind === 'notice' ? [row.notice] : [])),
  );
  const candidates = await candidatesFor(
    db,
    abouts.flatMap(({ server_id }, index) => {
      const address_hash = hashes[index];
      return address_hash ? [{ address_hash, server_id }] : [];
    }),
  );
  const byHash = Map.groupBy(candidates, ({ address_hash }) => address_hash.toString('hex'));
  const byNotice = new Map(notices.map(({ notice, subscriber }) => [notice, subscriber]));

  return abouts.map((about, index) => {
    const row = rows[index];
    if (row?.kind === 'delivery')
      return { delivery: { send: row.send, subscriber: row.subscriber }, readers: [row.subscriber] };
    if (row?.kind === 'notice') return { delivery: null, readers: [byNotice.get(row.notice) ?? []].flat() };
    return best(byHash.get(hashes[index]?.toString('hex') ?? '') ?? [], about);
  });
}

/** The sealed envelope sender first (VERP), then our Message-ID: neither can be made by anybody else. */
function ownRow({ row, message_id }: About, { saltKey }: Finder): MailedRow | null {
  if (row) return row;
  const named = message_id === null ? null : readMessageId(message_id, saltKey);
  if (named === null) return null;
  if (named.startsWith('n')) return { kind: 'notice', notice: asId(Number(named.slice(1))) };
  const [send = 0, subscriber = 0] = named.slice(1).split('.').map(Number);
  return { kind: 'delivery', send: asId(send), subscriber: asId(subscriber) };
}

function hashOf({ recipient }: About, { hashAddress }: Finder): Buffer | null {
  const address = recipient === null ? null : normalizeAddress(recipient);
  return address?.ok ? hashAddress(address.value.address_key) : null;
}

/** The delivery with the server's id, else the newest; with none, every row of the person. */
function best(candidates: readonly Candidate[], { server_id }: About): FoundMail {
  if (candidates.length === 0) return NOBODY;
  const mailed = candidates
    .filter(({ send }) => send !== null)
    .toSorted((a, b) => rank(b, server_id) - rank(a, server_id));
  const [first] = mailed;
  if (!first || first.send === null)
    return { delivery: null, readers: candidates.map(({ subscriber }) => subscriber) };
  return { delivery: { send: first.send, subscriber: first.subscriber }, readers: [first.subscriber] };
}

function rank(candidate: Candidate, server_id: string | null): number {
  const named = server_id !== null && candidate.server_id === server_id;
  return named ? Number.MAX_SAFE_INTEGER : (candidate.updated_at?.getTime() ?? 0);
}
