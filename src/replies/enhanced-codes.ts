import type { Judgement, ReplyClass } from './reply-class.ts';

export interface StatusJudgement extends Judgement {
  /** True where servers mean one thing by it; false where the text decides and this is the rest. */
  readonly precise: boolean;
}

type Row = readonly [codes: string, replyClass: ReplyClass, reason: string, source: string];

/**
 * Codes with one meaning. The class digit is left out: 4.2.2 and 5.2.2 say the same of the mailbox.
 * IANA "SMTP Enhanced Status Codes" and the RFC it names, or the vendor's list.
 */
const PRECISE: readonly Row[] = [
  ['2.2', 'mailbox-full', 'mailbox full', 'RFC 3463'],
  ['2.3', 'message', 'message too long for the mailbox', 'RFC 3463'],
  ['3.4', 'message', 'message too big', 'RFC 3463'],
  ['3.1', 'temporary', 'mail system full', 'RFC 3463'],
  ['1.7 1.8', 'policy', 'sender address refused', 'RFC 3463'],
  ['4.6 4.14', 'temporary', 'routing loop', 'RFC 3463; Exchange writes 5.4.14'],
  ['4.7', 'temporary', 'delivery time expired', 'RFC 3463'],
  ['4.1 4.2 4.3 4.5', 'temporary', 'no answer, bad connection or congestion', 'RFC 3463'],
  ['4.300 4.312 4.316 4.317 4.318', 'temporary', 'expired in the queue', 'Exchange Online NDR list'],
  ['5.3', 'policy', 'too many recipients', 'RFC 3463'],
  ['6.0 6.1 6.2 6.3 6.4 6.5 6.6 6.7 6.8 6.9', 'message', 'content refused', 'RFC 3463, RFC 4468, RFC 6531'],
  ['7.7 7.14 7.15 7.16', 'message', 'message refused', 'RFC 3463, RFC 6710'],
  ['7.13', 'temporary', 'account disabled', 'RFC 5248'],
  ['7.20 7.21 7.22 7.26', 'policy', 'no signature or SPF that passes', 'RFC 7372; 7.26 Gmail'],
  ['7.23 7.24', 'policy', 'SPF does not pass', 'RFC 7372'],
  ['7.25', 'policy', 'reverse DNS does not pass', 'RFC 7372'],
  ['7.28 7.29', 'policy', 'mail flood', 'IANA registry; RFC 8617 (7.29, ARC)'],
  ['7.30 7.31 7.32', 'policy', 'TLS or authentication required', 'RFC 8689; Gmail: DKIM and From'],
  [
    '7.504 7.505 7.506 7.507 7.509 7.510 7.511 7.512 7.513 7.515 7.57 7.64 7.124 7.129 7.133',
    'policy',
    'access denied',
    'Exchange Online NDR list',
  ],
];

/** Permanent codes only: 4.1.1 is a server that cannot tell yet. */
const PRECISE_WHEN_PERMANENT: readonly Row[] = [
  ['1.0', 'address-gone', 'bad address', 'RFC 3463; Cisco, Cox: no such recipient'],
  ['1.1', 'address-gone', 'user unknown', 'RFC 3463'],
  ['1.2', 'address-gone', 'host unknown', 'RFC 3463'],
  ['1.3', 'address-gone', 'bad address syntax', 'RFC 3463'],
  ['1.6', 'address-gone', 'moved, no forwarding address', 'RFC 3463'],
  ['1.10', 'address-gone', 'the domain takes no mail', 'RFC 7505; Exchange: recipient not found'],
  ['3.2', 'address-gone', 'the host takes no mail', 'RFC 3463; Exchange Online: no mailbox database'],
  ['7.17', 'address-gone', 'the mailbox has another owner', 'RFC 7293'],
  ['7.18', 'address-gone', 'the domain has another owner', 'RFC 7293'],
  ['1.351', 'address-gone', 'user unknown', 'Exchange Online NDR list'],
  ['4.4', 'address-gone', 'no route to the domain', 'RFC 3463'],
  ['4.310', 'address-gone', 'the domain does not exist', 'Exchange Online NDR list'],
];

/** What is left to say where the text told nothing. A subject alone ("7") stands for all its details. */
const VAGUE: readonly Row[] = [
  ['2.1', 'temporary', 'mailbox disabled', 'RFC 3463; disabled today, often back tomorrow; Gmail: rate'],
  ['2.0', 'policy', 'refused for the mailbox', 'RFC 3463'],
  ['2.4', 'policy', 'mailing list refuses', 'RFC 3463'],
  ['3', 'temporary', 'mail system', 'RFC 3463'],
  ['4', 'temporary', 'network or routing', 'RFC 3463'],
  ['5', 'message', 'protocol', 'RFC 3463'],
  ['6', 'message', 'content', 'RFC 3463'],
  ['7', 'policy', 'policy', 'RFC 3463'],
];

const precise = byCode(PRECISE);
const preciseWhenPermanent = byCode(PRECISE_WHEN_PERMANENT);
const vague = byCode(VAGUE);

/** What an enhanced status says by itself; null where it says nothing ("5.0.0", none). */
export function statusMeaning(enhanced: string | null): StatusJudgement | null {
  const [, kind, subject, detail] = /^([45])\.(\d{1,3})\.(\d{1,3})$/.exec(enhanced ?? '') ?? [];
  if (!subject) return null;
  const code = `${subject}.${detail}`;
  const known = precise.get(code) ?? (kind === '5' ? preciseWhenPermanent.get(code) : undefined);
  if (known) return { ...known, precise: true };
  const rest = vague.get(code) ?? vague.get(subject);
  return rest ? { ...softened(rest, kind), precise: false } : null;
}

/** True for a status that speaks of the recipient's address, permanent or not: X.1.0 to X.1.6, X.1.10. */
export function aboutAddress(enhanced: string | null): boolean {
  const [, code = ''] = /^[45]\.(\d{1,3}\.\d{1,3})$/.exec(enhanced ?? '') ?? [];
  return code.startsWith('1.') && preciseWhenPermanent.has(code);
}

/** A deferral for no stated reason is a deferral. */
function softened(judgement: Judgement, kind: string | undefined): Judgement {
  return kind === '4' && judgement.class === 'message'
    ? { class: 'temporary', reason: 'deferred' }
    : judgement;
}

function byCode(rows: readonly Row[]): ReadonlyMap<string, Judgement> {
  return new Map(
    rows.flatMap(([codes, replyClass, reason]) =>
      codes.split(' ').map((code) => [code, { class: replyClass, reason }] as const),
    ),
  );
}
