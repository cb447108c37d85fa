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
  /** What the send counts, for its breaker. */
  readonly counts: 'bounced' | 'complained' | null;
}

/**
 * The one table of what feedback does, whoever reports it: a refusal inside our own session, a bounce mail, a
 * provider's hook. A refusal for policy or reputation says nothing of the reader and never counts against one;
 * neither does one of this very message.
 */
export const EFFECTS: Readonly<Record<Meaning, Effect>> = {
  delivered: { reader: 'clear', arrived: true, counts: null },
  seen: { reader: 'nothing', arrived: true, counts: null },
  deferred: { reader: 'nothing', arrived: true, counts: null },
  'hard bounce': { reader: 'suppress', arrived: true, counts: 'bounced' },
  'soft bounce': { reader: 'score', arrived: true, counts: null },
  'policy block': { reader: 'nothing', arrived: true, counts: null },
  'message refused': { reader: 'nothing', arrived: true, counts: null },
  refused: { reader: 'nothing', arrived: true, counts: null },
  complaint: { reader: 'complain', arrived: true, counts: 'complained' },
  unsubscribe: { reader: 'leave', arrived: true, counts: null },
  ignored: { reader: 'nothing', arrived: false, counts: null },
};
