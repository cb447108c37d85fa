import type { Db } from '../db/database.ts';
import { brokenConstraint } from '../db/faults.ts';
import { type Issue, setReady } from '../issues/issue-store.ts';
import type { Publication } from '../publications/publication.ts';
import { Fault } from '../result.ts';
import { freeze, renderEditions, requirePostalAddress, type SendDeps } from './freeze.ts';
import { firstInstant, instantIn, type LocalTime } from './local-time.ts';
import { findSend, finishIfDone, firstSendOf, insertSend, type Send } from './send-store.ts';

export interface SendRequest {
  readonly publication: Publication;
  readonly issue: Issue;
  /**
   * When it is due; a local time: at that hour where each reader lives; null: at once. What has begun by now is
   * frozen in this call.
   */
  readonly at: Date | LocalTime | null;
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
  requireFuture(at, publication, now);
  if (!again) await refuseSecondSend(deps.db, issue);

  const due = dueOf(at, now);
  const local_at = typeof at === 'string' ? at : null;
  const editions = due > now ? null : await renderEditions(deps.db, publication, issue.id);
  const row = { publication_id: publication.id, issue_id: issue.id, due_at: due, again, local_at };
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

/** A local time may be over somewhere, but not where the publication is at home. */
function requireFuture(at: SendRequest['at'], { timezone }: Publication, now: Date): void {
  const last = typeof at === 'string' ? instantIn(at, timezone) : at;
  if (last === null || last >= now) return;
  const shown = typeof at === 'string' ? `${at} in ${timezone}` : last.toISOString();
  throw new Fault('past_time', `${shown} is in the past: give a later time, or none to send at once.`);
}

function dueOf(at: SendRequest['at'], now: Date): Date {
  const due = typeof at === 'string' ? firstInstant(at) : at;
  return due !== null && due > now ? due : now;
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
