import type { Meaning } from './meaning.ts';

/** What one kind of event does. */
export interface Effect {
  /**
   * To the reader. `suppress`: the address is mailed no more, by any publication; `score`: so many days with one
   * end it as well; `clear`: the score begins anew; `complain`: as suppress, and the readers there are `complained`;
   * `leave`: this publication only.
   */
  readonly reader: 'suppress' | 'score' | 'clear' | 'complain' | 'leave' | 'nothing';
  /** It comes from behind the mail server, which thus had the letter: a delivery of unknown outcome was accepted. */
  readonly arrived: boolean;
  /** If its words ask for less mail, the receiving provider is sent less for a while. */
  readonly slows: boolean;
  /** What the send counts, for its breaker. */
  readonly counts: 'bounced' | 'complained' | null;
}

/**
 * The one table of what feedback does, whoever reports it: a refusal inside our own session, a bounce mail, a
 * provider's hook. A refusal for policy or reputation says nothing of the reader and never counts against one;
 * neither does one of this very message.
 */
export const EFFECTS: Readonly<Record<Meaning, Effect>> = {
  delivered: { reader: 'clear', arrived: true, slows: false, counts: null },
  seen: { reader: 'nothing', arrived: true, slows: false, counts: null },
  deferred: { reader: 'nothing', arrived: true, slows: true, counts: null },
  'hard bounce': { reader: 'suppress', arrived: true, slows: false, counts: 'bounced' },
  'soft bounce': { reader: 'score', arrived: true, slows: false, counts: null },
  'policy block': { reader: 'nothing', arrived: true, slows: true, counts: null },
  'message refused': { reader: 'nothing', arrived: true, slows: false, counts: null },
  refused: { reader: 'nothing', arrived: true, slows: false, counts: null },
  complaint: { reader: 'complain', arrived: true, slows: false, counts: 'complained' },
  unsubscribe: { reader: 'leave', arrived: true, slows: false, counts: null },
  ignored: { reader: 'nothing', arrived: false, slows: false, counts: null },
};
