import type { SendState } from '../../db/send-tables.ts';
import type { Send } from '../../delivery/send-store.ts';
import type { Issue } from '../../issues/issue-store.ts';
import { unreachable } from '../../result.ts';

/** How a state is coloured: nothing special, done, under way, needs the editor. */
export type Tone = '' | 'good' | 'wait' | 'bad';

export interface ShownState {
  readonly name: string;
  readonly tone: Tone;
}

/** The send that tells where an issue stands: the newest to everyone that was not cancelled before it began. */
export function tellingSend(sends: readonly Send[]): Send | null {
  const whole = sends.filter(
    (send) => send.retry_of === null && !(send.state === 'cancelled' && !send.frozen_at),
  );
  return whole.toSorted((one, other) => other.id - one.id)[0] ?? null;
}

/** A second send to everyone is offered when the first is over; one under way has its own buttons. */
export function canSendAgain({ state }: Send): boolean {
  return state === 'finished' || state === 'cancelled';
}

export function issueState(issue: Issue, send: Send | null): ShownState {
  if (!send) return issue.ready_at ? { name: 'ready', tone: 'wait' } : { name: 'draft', tone: '' };
  const state = sendState(send.state);
  return send.state === 'finished' ? { ...state, name: 'sent' } : state;
}

export function sendState(state: SendState): ShownState {
  switch (state) {
    case 'finished':
      return { name: state, tone: 'good' };
    case 'scheduled':
    case 'sending':
      return { name: state, tone: 'wait' };
    case 'held':
    case 'paused':
      return { name: state, tone: 'bad' };
    case 'cancelled':
      return { name: state, tone: '' };
    default:
      return unreachable(state);
  }
}
