/** One message for one reader, ready for the wire (CRLF line ends, not dot-stuffed). */
export interface OutgoingMessage {
  /** Envelope sender, a bare address. */
  readonly from: string;
  /** Envelope recipient, a bare address. */
  readonly to: string;
  readonly raw: Buffer;
}

/**
 * Asks, just before the final dot, whether the message may go: the caller makes "handed over" durable and
 * answers true, or answers false (paused, superseded, cancelled) and the message is not sent.
 */
export type Mark = () => Promise<boolean>;

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
