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
  /**
   * `u+TOKEN@domain`: a mail to it unsubscribes the reader of that mail (RFC 2369 section 3.2). Sealed for this alone: who
   * has one address of a letter cannot make the other of it. Null where mail to the domain does not reach the press.
   */
  makeLeave(row: MailedRow): string | null;
  readLeave(address: string): MailedRow | null;
}

const BOUNCE = { prefix: 'b+', label: 'bounce' };
const LEAVE = { prefix: 'u+', label: 'leave' };
const DELIVERY = 1;
const NOTICE = 2;

type Kind = typeof BOUNCE;

/**
 * @param secrets the first makes, every one reads: bounces of old mail come back for days.
 * @param heard mail to the domain reaches this press, by a port of its own or a mailbox that it reads.
 */
export function createBounceAddresses(
  domain: string,
  secrets: readonly string[],
  { heard }: { readonly heard: boolean } = { heard: false },
): BounceAddresses {
  const [current] = secrets;
  if (current === undefined) throw new Error('createBounceAddresses needs a secret');
  const suffix = `@${domain}`;
  const write = ({ prefix, label }: Kind, row: MailedRow) =>
    prefix + seal(current, label, sealedRow(row)) + suffix;
  const read = ({ prefix, label }: Kind, address: string) => {
    const folded = address.toLowerCase();
    if (!folded.startsWith(prefix) || !folded.endsWith(suffix)) return null;
    const sealed = unseal(secrets, label, folded.slice(prefix.length, -suffix.length));
    return sealed && rowOf(sealed.purpose, sealed.ids);
  };

  return {
    make: (row) => write(BOUNCE, row),
    read: (address) => read(BOUNCE, address),
    makeLeave: (row) => (heard ? write(LEAVE, row) : null),
    readLeave: (address) => read(LEAVE, address),
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
