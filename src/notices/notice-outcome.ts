import { HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { Attempt, Ending } from '../mail/attempt.ts';
import { unreachable } from '../result.ts';
import type { NoticeOutcome } from './claim-store.ts';

/** Somebody waits for a confirm mail, and greylisting is over in minutes; later, RFC 5321 4.5.4.1's half hour and more. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS];

/**
 * What the end of an attempt means for the notice.
 *
 * @param attempts tries before this one.
 */
export function outcomeOf(attempt: Ending, attempts: number, unknownWaitMs: number): NoticeOutcome {
  const waitMs = WAITS_MS[attempts] ?? 2 * HOUR_MS;
  switch (attempt.kind) {
    case 'accepted':
      return { state: 'accepted', stage: 'dot', waitMs: 0, ...answerOf(attempt) };
    case 'refused':
      return {
        state: attempt.permanent ? 'rejected' : 'deferred',
        stage: attempt.stage,
        waitMs,
        ...answerOf(attempt),
      };
    case 'lost': {
      const silence = { stage: 'connection', code: null, enhanced: null, reply: attempt.reason };
      return attempt.after_final_dot
        ? { state: 'unknown', waitMs: unknownWaitMs, ...silence }
        : { state: 'deferred', waitMs, ...silence };
    }
    default:
      return unreachable(attempt);
  }
}

function answerOf({ code, enhanced, reply }: Attempt & { kind: 'accepted' | 'refused' }) {
  return { code, enhanced, reply };
}
