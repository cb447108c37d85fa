/**
 * Replies by which a receiver asks for less mail for a while. Facts as data, each with its source; a reply that speaks
 * of one mailbox alone, or of the mail server in between, says nothing of how fast a provider may be sent to.
 */

/** RFC 5321 section 4.2.3; what each large provider answers with when it limits a sender stands beside it. */
const CODES: readonly number[] = [
  421, // service not available. Gmail "421 4.7.28 ... temporarily rate limited", Yahoo "421 4.7.0 [TSS04] ... deferred"
  450, // mailbox unavailable: busy, or blocked for policy reasons
  451, // local error in processing. Microsoft "451 4.7.650 ... temporarily rate limited due to IP reputation"
  452, // insufficient system storage
  454, // RFC 4954 section 4.7 and RFC 3207 section 4: temporary failure; relays answer it when they are asked too often
];

/** RFC 3463 section 3.8: security or policy. With a 4 in front a later try may succeed, whatever the code before it. */
const POLICY = /^4\.7\./;

/**
 * RFC 3463 sections 3.2 and 3.3: of the address (x.1.z) or of the mailbox (x.2.z). Gmail "450 4.2.1 The user you are trying
 * to contact is receiving mail at a rate that ...", a full mailbox 4.2.2, Postfix's 450 4.1.1 where it cannot verify an
 * address.
 */
const OF_ONE_MAILBOX = /^4\.[12]\./;

/** RFC 3463 section 3.4, "system not accepting network messages": our own mail server goes away, for all providers alike. */
const GOING_AWAY = '4.3.2';

/** RFC 6647: greylisting wants a later try, not fewer of them; it says so in its text, with 4.2.0, 4.7.1 or no code at all. */
const GREYLISTED = /gr[ea]y-?list/i;

interface TemporaryRefusal {
  readonly code: number;
  readonly enhanced: string | null;
  readonly reply: string;
}

/** Does this refusal ask the sender, and not one mailbox's owner, to slow down? */
export function asksForLess({ code, enhanced, reply }: TemporaryRefusal): boolean {
  if (GREYLISTED.test(reply)) return false;
  if (enhanced === null) return CODES.includes(code);
  if (OF_ONE_MAILBOX.test(enhanced) || enhanced === GOING_AWAY) return false;
  return CODES.includes(code) || POLICY.test(enhanced);
}
