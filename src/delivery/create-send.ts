import type { Db } from '../db/database.ts';
import { brokenConstraint } from '../db/faults.ts';
import { type Issue, setReady } from '../issues/issue-store.ts';
import type { Publication } from '../publications/publication.ts';
import { Fault } from '../result.ts';
import { freeze, renderEditions, requirePostalAddress, type SendDeps } from './freeze.ts';
import { findSend, finishIfDone, firstSendOf, insertSend, type Send } from './send-store.ts';

export interface SendRequest {
  readonly publication: Publication;
  readonly issue: Issue;
  /** When it is due; null: at once, and then it is frozen in this call. */
  readonly at: Date | null;
  /** Said twice: a second send of the issue to everyone. */
  readonly again: boolean;
}

/**
 * Makes a send. One without a time has its editions and audience frozen when this returns, so its receipt
 * is complete, and workers can start.
 *
 * @throws {Fault} `no_postal_address`, `already_sent` (names the first send), `past_time`.
 */
export async function createSend(deps: SendDeps, request: SendRequest): Promise<Send> {
  const { publication, issue, at, again } = request;
  const now = deps.clock.now();
  requirePostalAddress(publication);
  if (at && at < now) throw pastTime(at);
  if (!again) await refuseSecondSend(deps.db, issue);

  const editions = at ? null : await renderEditions(deps.db, publication, issue.id);
  const row = { publication_id: publication.id, issue_id: issue.id, due_at: at ?? now, again };
  const made = deps.db.transaction().execute(async (tx) => {
    const send = await insertSend(tx, row);
    await setReady(tx, issue.id, false, now);
    if (editions) await freeze(tx, send, publication, editions, deps.limits.batchSize);
    return send;
  });
  const id = await made.catch((error) => rethrowSecondSend(deps.db, issue, error));
  await finishIfDone(deps.db, id);
  return findSend(deps.db, id);
}

function pastTime(at: Date): Fault {
  return new Fault(
    'past_time',
    `${at.toISOString()} is in the past: give a later time, or none to send at once.`,
  );
}

async function refuseSecondSend(db: Db, issue: Issue): Promise<void> {
  const first = await firstSendOf(db, issue.id);
  if (first) throw secondSend(issue, first);
}

function secondSend(issue: Issue, first: Send): Fault {
  return new Fault(
    'already_sent',
    `"${issue.slug}" has a send already (s${first.id}, ${first.state}): add --again to send it to everyone a second time, or retry s${first.id} for those who did not get it.`,
  );
}

/** Two at once: the unique index lets one through, and the other is told what it lost to. */
async function rethrowSecondSend(db: Db, issue: Issue, error: unknown): Promise<never> {
  const lost = brokenConstraint(error) === 'sends_once_per_issue';
  const first = lost ? await firstSendOf(db, issue.id) : undefined;
  throw first ? secondSend(issue, first) : error;
}
