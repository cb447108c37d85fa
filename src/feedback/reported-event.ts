import type { Verdict } from '../replies/classify.ts';
import { oneLine, parseReply, type Reply } from '../replies/reply.ts';
import type { MailedRow } from '../tokens/bounce-address.ts';

/** An event as whoever sent it told it: what happened, to which mail, in words of ours. */
export interface ReportedEvent {
  /** The provider's own id of the event, or what makes it this one; unique with the provider. */
  readonly key: string;
  /** When it happened, by the provider's clock. */
  readonly at: Date | null;
  readonly about: About;
  readonly report: Report;
}

/** What says which mail it was; the more of it, the surer. */
export interface About {
  /** The row that our envelope sender names (VERP), where the mail came back to one. */
  readonly row: MailedRow | null;
  /** The letter's Message-ID, with or without its angle brackets. */
  readonly message_id: string | null;
  /** The id that the mail server gave it in its 250. */
  readonly server_id: string | null;
  readonly recipient: string | null;
}

/** What a provider itself makes of a bounce; `null`: it does not say. */
export type BounceHint = 'hard' | 'soft' | 'policy' | 'message' | null;

export type Report =
  | { readonly kind: 'delivered' }
  /** Opened or clicked, by whomever: the letter has arrived. */
  | { readonly kind: 'seen' }
  /** The receiver takes it later, perhaps; whoever relays it tries again. */
  | { readonly kind: 'deferred'; readonly reply: Reply }
  | {
      readonly kind: 'bounced';
      readonly hint: BounceHint;
      readonly reply: Reply;
      /** Where more than the reply was judged by: the words of a whole mail. */
      readonly verdict?: Verdict;
    }
  | { readonly kind: 'complained' }
  | { readonly kind: 'unsubscribed' }
  /** The provider took the mail and refused to send it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing that changes anything, or a name that this version does not know. */
  | { readonly kind: 'ignored' };

export const IGNORED: Report = { kind: 'ignored' };

/**
 * Reads a provider's diagnostic, such as "smtp; 550 5.1.1 <ada@example.com>... User unknown" (RFC 3464 section
 * 2.3.6), as the reply that it quotes.
 *
 * @param codes what the provider says beside the text, for where the text has none.
 */
export function diagnostic(
  text: string | null | undefined,
  codes: { readonly code?: number | string | null; readonly enhanced?: string | null } = {},
): Reply {
  const quoted = parseReply((text ?? '').replace(/^\s*(?:smtp|x-[\w-]+)\s*;\s*/i, ''));
  const code = Number(codes.code ?? 0);
  const enhanced = /^[245]\.\d{1,3}\.\d{1,3}$/.exec(codes.enhanced ?? '')?.[0] ?? null;
  return {
    code: quoted.code || (code >= 200 && code <= 599 ? code : 0),
    enhanced: quoted.enhanced ?? enhanced,
    text: oneLine(quoted.text),
  };
}

/** Seconds since 1970, as a number or in digits. Null for what is no time. */
export function fromSeconds(seconds: number | string | null | undefined): Date | null {
  return fromMs(Number(seconds ?? Number.NaN) * 1000);
}

/** An ISO 8601 time, or milliseconds since 1970. Null for what is no time. */
export function fromTime(time: string | number | null | undefined): Date | null {
  return fromMs(typeof time === 'string' ? Date.parse(time) : (time ?? Number.NaN));
}

/** Times outside of what Postgres and people know are none. */
function fromMs(ms: number): Date | null {
  return Number.isFinite(ms) && ms >= 0 && ms < 8e12 ? new Date(ms) : null;
}
