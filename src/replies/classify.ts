/**
 * What a refusal says of the address. Only a reply that names the address itself as gone may end a
 * reader's subscription; "5xx" alone does not (policy, size, spam and our own faults are 5xx as well).
 */
export type ReplyClass = 'address-gone' | 'unknown';

export interface Refusal {
  /** Where in the session it came: only an answer to RCPT speaks of the address alone. */
  readonly stage: string;
  readonly code: number | null;
  readonly enhanced: string | null;
}

/** Enhanced codes (RFC 3463 section 3.2, RFC 7505 for 5.1.10) by which a server says that the address is no more. */
const ADDRESS_GONE: readonly string[] = [
  '5.1.1', // bad destination mailbox address
  '5.1.10', // recipient's domain has a null MX
];

/** The class of a refusal inside an SMTP session. */
export function classifyRefusal({ stage, code, enhanced }: Refusal): ReplyClass {
  const permanent = code !== null && code >= 500 && code <= 599;
  const gone = enhanced !== null && ADDRESS_GONE.includes(enhanced);
  return stage === 'rcpt' && permanent && gone ? 'address-gone' : 'unknown';
}
