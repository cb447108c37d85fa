import type { Tx } from '../db/database.ts';
import type { SendState } from '../db/send-tables.ts';
import type { SendId } from '../ids.ts';
import { Fault } from '../result.ts';
import { requireDeliveries } from './condense-sends.ts';
import type { SendDeps } from './freeze.ts';
import { freezeTaken, shareEditions } from './freeze-store.ts';
import { markAbandoned, settleAs, settleResend, takeForRetry, withdrawBatches } from './retry-store.ts';
import {
  findSend,
  finishIfDone,
  insertSend,
  lockSend,
  reopen,
  type Send,
  setAudienceSize,
  startSend,
} from './send-store.ts';

/**
 * Makes a child send of the same frozen editions for those who did not get the parent, and for nobody else.
 *
 * @throws {Fault} `not_over` while the parent runs, `condensed` long after it, `nothing_to_retry` when everybody got it or was taken.
 */
export async function retrySend(deps: SendDeps, parentId: SendId, includeUnknown: boolean): Promise<Send> {
  await markAbandoned(deps.db, parentId);
  const id = await deps.db.transaction().execute(async (tx) => {
    const parent = await lockSend(tx, parentId);
    requireRetriable(parent);
    requireDeliveries(parent);
    if (parent.state === 'cancelled') await withdrawBatches(tx, parentId);
    const row = {
      publication_id: parent.publication_id,
      issue_id: parent.issue_id,
      due_at: deps.clock.now(),
    };
    const child = await insertSend(tx, { ...row, again: false, retry_of: parentId });
    const taken = await takeForRetry(tx, parent, child, includeUnknown);
    if (taken === 0) throw nothingToRetry(parentId);
    await startSend(tx, child);
    await shareEditions(tx, parentId, child);
    await setAudienceSize(tx, child, await freezeTaken(tx, child, deps.limits.batchSize));
    return child;
  });
  return findSend(deps.db, id);
}

function requireRetriable({ id, state, frozen_at }: Send): void {
  if (state !== 'finished' && state !== 'cancelled') {
    throw new Fault(
      'not_over',
      `s${id} is ${state}: it retries by itself; retry it when it is finished, or cancel it first.`,
    );
  }
  if (frozen_at === null)
    throw new Fault('nothing_to_retry', `s${id} was cancelled before it began: send the issue again.`);
}

function nothingToRetry(id: SendId): Fault {
  return new Fault(
    'nothing_to_retry',
    `Nobody is left to retry in s${id}: its readers have it, have left, are suppressed, or were taken by an earlier retry (retry that one).`,
  );
}

/**
 * Decides what became of deliveries that have no outcome: `accepted` believes the server took them, `rejected`
 * that it did not, `resend` sends them once more.
 *
 * @returns how many were settled.
 * @throws {Fault} `cancelled` when a cancelled send should send again, `condensed` when it is long over.
 */
export async function settleSend(
  deps: SendDeps,
  id: SendId,
  as: 'resend' | 'accepted' | 'rejected',
): Promise<number> {
  await markAbandoned(deps.db, id);
  const settled = await deps.db.transaction().execute(async (tx) => {
    const send = await lockSend(tx, id);
    requireDeliveries(send);
    if (as === 'resend') return resend(tx, id, send.state);
    return settleAs(tx, id, as);
  });
  await finishIfDone(deps.db, id);
  return settled;
}

async function resend(tx: Tx, id: SendId, state: SendState): Promise<number> {
  if (state === 'cancelled') {
    throw new Fault(
      'cancelled',
      `s${id} is cancelled and sends no more: use "pressrun send retry s${id} --include-unknown".`,
    );
  }
  const resent = await settleResend(tx, id);
  if (resent > 0) await reopen(tx, id);
  return resent;
}
