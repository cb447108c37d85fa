import type { Clock } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { Fault, unreachable } from '../result.ts';
import { cancel, findSend, pause, releaseHeld, resume, type Send } from './send-store.ts';
import { tallyOf } from './tally-store.ts';

/** From now on no delivery of the send takes a mark. @throws {Fault} `not_sending` */
export async function pauseSend(db: Db, id: SendId): Promise<void> {
  if (await pause(db, id)) return;
  const { state } = await findSend(db, id);
  throw new Fault('not_sending', `s${id} is ${state}: only a send that is sending can be paused.`);
}

/** Goes on with a paused send, and lets a held one go. @throws {Fault} `not_paused` */
export async function resumeSend(db: Db, id: SendId, clock: Clock): Promise<void> {
  if ((await resume(db, id, await tallyOf(db, id))) || (await releaseHeld(db, id, clock.now()))) return;
  throw new Fault('not_paused', notPaused(await findSend(db, id)));
}

/** Ends it for good: what is not sent stays so, and only a retry reaches those readers. @throws {Fault} `already_over` */
export async function cancelSend(db: Db, id: SendId): Promise<void> {
  if (await cancel(db, id)) return;
  const { state } = await findSend(db, id);
  throw new Fault('already_over', `s${id} is ${state} already: there is nothing to cancel.`);
}

function notPaused({ id, state }: Send): string {
  switch (state) {
    case 'sending':
      return `s${id} is sending: there is nothing to resume.`;
    case 'scheduled':
      return `s${id} goes out at its time by itself.`;
    case 'finished':
    case 'cancelled':
      return `s${id} is ${state}: "pressrun send retry s${id}" sends to those who did not get it.`;
    case 'paused':
    case 'held':
      return `s${id} was changed by someone else just now: try again.`;
    default:
      return unreachable(state);
  }
}
