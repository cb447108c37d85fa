import type { ReaderMeaning } from '../db/feedback-tables.ts';
import { classifyRefusal, type Verdict } from '../replies/classify.ts';
import type { Reply } from '../replies/reply.ts';
import { unreachable } from '../result.ts';
import type { BounceHint, Report } from './reported-event.ts';

/** What a report means, in the words that the table of effects knows. */
export type Meaning = ReaderMeaning | 'delivered' | 'seen' | 'deferred' | 'ignored';

export function meaningOf(report: Report): Meaning {
  switch (report.kind) {
    case 'delivered':
    case 'seen':
    case 'deferred':
    case 'ignored':
      return report.kind;
    case 'bounced':
      return report.verdict
        ? verdictMeaning(report.verdict, report.hint)
        : bounceMeaning(report.reply, report.hint);
    case 'complained':
      return 'complaint';
    case 'unsubscribed':
      return 'unsubscribe';
    case 'refused':
      return 'refused';
    default:
      return unreachable(report);
  }
}

const HINTED = {
  hard: 'hard bounce',
  soft: 'soft bounce',
  policy: 'policy block',
  message: 'message refused',
} as const satisfies Record<NonNullable<BounceHint>, ReaderMeaning>;

/**
 * The server's own words first, the same for a refusal in our session and for one that a provider tells of; then
 * what the provider makes of it; and where neither says anything, nobody is blamed.
 *
 * @param stage where in the session it was said; a provider's bounce is taken for one of the address.
 */
export function bounceMeaning(reply: Reply, hint: BounceHint, stage = 'rcpt'): ReaderMeaning {
  const { code, enhanced, text } = reply;
  return verdictMeaning(classifyRefusal({ stage, code: code || null, enhanced, text }), hint);
}

function verdictMeaning(verdict: Verdict, hint: BounceHint): ReaderMeaning {
  switch (verdict.class) {
    case 'address-gone':
      return 'hard bounce';
    case 'mailbox-full':
    case 'temporary':
      return 'soft bounce';
    case 'policy':
      return 'policy block';
    case 'message':
      return 'message refused';
    case 'unknown':
      if (hint !== null) return HINTED[hint];
      // "user unknown" without a second witness: no proof, but told
      return verdict.evidence === 'words' ? 'soft bounce' : 'refused';
    default:
      return unreachable(verdict.class);
  }
}
