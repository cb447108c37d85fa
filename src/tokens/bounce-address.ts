import { asId, type NoticeId, type SendId, type SubscriberId } from '../ids.ts';
import { seal, unseal } from './sealed.ts';

/** The row that a mail was sent for, and that a bounce of it is about. */
export type MailedRow =
  | { readonly kind: 'delivery'; readonly send: SendId; readonly subscriber: SubscriberId }
  | { readonly kind: 'notice'; readonly notice: NoticeId };

/**
 * Envelope senders that name their mail (VERP): `b+TOKEN@domain`. A bounce comes from `<>` to the envelope sender
 * (RFC 5321 section 4.5.5), so its recipient says what it is about even where nothing in it can be parsed.
 *
 * The token is sealed as links are, so nobody can make bounces of other people's mail, and there is no address in
 * it. It is the same at each try, which greylisting counts on, and with `b+` it takes at most 55 of the 64 octets of a
 * local part (RFC 5321 section 4.5.3.1.1). Behind the plus (RFC 5233) all of them can be read from one mailbox `b`.
 */
export interface BounceAddresses {
  make(row: MailedRow): string;
  /** Null for an address that this press did not make. Some mail servers fold the case: it does not matter. */
  read(address: string): MailedRow | null;
}

const PREFIX = 'b+';
const LABEL = 'bounce';
const DELIVERY = 1;
const NOTICE = 2;

/** @param secrets the first makes, every one reads: bounces of old mail come back for days. */
export function createBounceAddresses(domain: string, secrets: readonly string[]): BounceAddresses {
  const [current] = secrets;
  if (current === undefined) throw new Error('createBounceAddresses needs a secret');
  const suffix = `@${domain}`;

  return {
    make: (row) => PREFIX + seal(current, LABEL, sealedRow(row)) + suffix,
    read(address) {
      const folded = address.toLowerCase();
      if (!folded.startsWith(PREFIX) || !folded.endsWith(suffix)) return null;
      const sealed = unseal(secrets, LABEL, folded.slice(PREFIX.length, -suffix.length));
      return sealed && rowOf(sealed.purpose, sealed.ids);
    },
  };
}

function sealedRow(row: MailedRow) {
  return row.kind === 'delivery'
    ? { purpose: DELIVERY, ids: [row.send, row.subscriber] }
    : { purpose: NOTICE, ids: [row.notice] };
}

function rowOf(purpose: number, [first, second]: readonly number[]): MailedRow | null {
  if (purpose === DELIVERY && first !== undefined && second !== undefined)
    return { kind: 'delivery', send: asId<SendId>(first), subscriber: asId<SubscriberId>(second) };
  if (purpose === NOTICE && first !== undefined) return { kind: 'notice', notice: asId<NoticeId>(first) };
  return null;
}
