import type { SubscriberId } from '../ids.ts';
import type { Attempt, Ending } from '../mail/attempt.ts';
import { hideAddresses } from '../replies/hide-addresses.ts';
import { unreachable } from '../result.ts';
import type { Outcome } from './ledger-store.ts';
import { deferralWaitMs, lostWaitMs } from './retry-waits.ts';

/**
 * What the end of an attempt means for the delivery's row.
 *
 * @param attempts tries before this one.
 */
export function outcomeOf(
  attempt: Ending,
  id: SubscriberId,
  attempts: number,
  unknownWaitMs: number,
): Outcome {
  switch (attempt.kind) {
    case 'accepted':
      return {
        id,
        state: 'accepted',
        stage: 'dot',
        wait_ms: null,
        ...answer(attempt),
        server_id: attempt.server_id,
      };
    case 'refused': {
      const state = attempt.permanent ? 'rejected' : 'deferred';
      const wait_ms = isGoingAway(attempt) ? lostWaitMs(attempts) : deferralWaitMs(attempts);
      return {
        id,
        state,
        stage: attempt.stage,
        wait_ms: attempt.permanent ? null : wait_ms,
        ...answer(attempt),
        server_id: null,
      };
    }
    case 'lost':
      return attempt.after_final_dot
        ? { id, state: 'unknown', wait_ms: unknownWaitMs, ...broken(attempt.reason) }
        : { id, state: 'deferred', wait_ms: lostWaitMs(attempts), ...broken(attempt.reason) };
    default:
      return unreachable(attempt);
  }
}

/**
 * "Service not available, closing transmission channel" (RFC 5321 section 4.2.1), alone or with "system not
 * accepting network messages" (4.3.2, RFC 3463). With a code of policy, 4.7.z, it is a provider that slows us down.
 */
function isGoingAway({ code, enhanced }: Attempt & { kind: 'refused' }): boolean {
  return code === 421 && (enhanced === null || enhanced.startsWith('4.3.'));
}

function answer({ code, enhanced, reply }: Attempt & { kind: 'accepted' | 'refused' }) {
  return { code, enhanced, reply };
}

/**
 * Servers quote the address in their replies, or the one that it is forwarded to; the ledger outlives an erasure
 * and must hold neither.
 */
export function withoutAddresses(outcome: Outcome): Outcome {
  return { ...outcome, reply: hideAddresses(outcome.reply) };
}

function broken(reason: string) {
  return { stage: 'connection', code: null, enhanced: null, reply: reason, server_id: null };
}
