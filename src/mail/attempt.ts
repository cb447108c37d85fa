import type { WireText } from './wire-text.ts';

/** One message for one reader. */
export interface OutgoingMessage {
  /** Envelope sender, a bare address. */
  readonly from: string;
  /** Envelope recipient, a bare address. */
  readonly to: string;
  /** Bytes have CRLF line ends, and their dots are not doubled. */
  readonly raw: Buffer | WireText;
  /**
   * Goes to servers that offer DSN and comes back in their reports (ENVID, RFC 3461 section 4.4): at most 100
   * printable ASCII characters.
   */
  readonly envid?: string;
}

/** The sender's side of handing one message over: what must be durable, and when. */
export interface Handover {
  /**
   * Asks, before the final dot, whether the message may go: makes "handed over" durable and answers true, or
   * answers false (paused, superseded, cancelled) and the message is not sent.
   */
  mark(): Promise<boolean>;
  /** Makes durable what became of the message; until it is, the connection counts it as under way. */
  record(ending: Ending): Promise<void>;
}

/** What became of one try to hand a message to a server. */
export type Attempt =
  | {
      readonly kind: 'accepted';
      readonly code: number;
      readonly enhanced: string | null;
      readonly reply: string;
      /** The server's own id for the message, from its 250. */
      readonly server_id: string | null;
    }
  | {
      readonly kind: 'refused';
      readonly stage: 'rcpt' | 'data' | 'dot';
      readonly permanent: boolean;
      readonly code: number;
      readonly enhanced: string | null;
      readonly reply: string;
    }
  /** Refused connections, greetings, EHLO, AUTH or MAIL FROM: nobody's outcome. */
  | { readonly kind: 'server fault'; readonly reason: string }
  | { readonly kind: 'lost'; readonly after_final_dot: boolean; readonly reason: string }
  | { readonly kind: 'withheld' };

/** An attempt that says something of the message itself, and so is its outcome. */
export type Ending = Exclude<Attempt, { kind: 'server fault' | 'withheld' }>;

export function isEnding(attempt: Attempt): attempt is Ending {
  return attempt.kind !== 'server fault' && attempt.kind !== 'withheld';
}
