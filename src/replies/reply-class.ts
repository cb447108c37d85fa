/**
 * What a refusal says, whoever reports it: our own SMTP session, a DSN, a provider's event.
 *
 * - `address-gone`: user unknown, host unknown, moved, host takes no mail: the only class that is hard
 * - `mailbox-full`: over quota, however long
 * - `policy`: the sender, its network, its rate or its looks; says nothing of the address
 * - `message`: this letter, its size or its form
 * - `temporary`: network, overload, expiry, an account that is disabled for now
 * - `unknown`: nobody can tell
 */
export type ReplyClass = 'address-gone' | 'mailbox-full' | 'policy' | 'message' | 'temporary' | 'unknown';

/** What one witness (words, a code) says. */
export interface Judgement {
  readonly class: ReplyClass;
  /** A few words for a person: "user unknown". */
  readonly reason: string;
}
