import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { SendState } from '../db/send-tables.ts';
import type { IssueId, PublicationId, SendId } from '../ids.ts';
import { Fault } from '../result.ts';
import { makeLedger } from './partition-store.ts';

export type Send = Selectable<Schema['sends']>;

/** @throws {Fault} `unknown_send` */
export async function findSend(db: Db, id: SendId): Promise<Send> {
  const send = await db.selectFrom('sends').selectAll().where('id', '=', id).executeTakeFirst();
  return send ?? unknownSend(id);
}

/**
 * Reads a send and holds it to the end of the transaction: finishing, settling and retrying take turns, and
 * each sees what the one before it wrote.
 *
 * @throws {Fault} `unknown_send`
 */
export async function lockSend(tx: Tx, id: SendId): Promise<Send> {
  const send = tx.selectFrom('sends').selectAll().where('id', '=', id).forNoKeyUpdate();
  return (await send.executeTakeFirst()) ?? unknownSend(id);
}

function unknownSend(id: SendId): never {
  throw new Fault(
    'unknown_send',
    `There is no send s${id}: "pressrun issue list" shows the issues and their sends.`,
  );
}

/** Newest first. */
export function listSends(db: Db, publicationId: PublicationId, limit = 100): Promise<Send[]> {
  const sends = db.selectFrom('sends').selectAll().where('publication_id', '=', publicationId);
  return sends.orderBy('id', 'desc').limit(limit).execute();
}

/** Newest first. */
export function sendsOfIssue(db: Db, issueId: IssueId): Promise<Send[]> {
  return db.selectFrom('sends').selectAll().where('issue_id', '=', issueId).orderBy('id', 'desc').execute();
}

/** The send that makes another one a second: any but a retry, or one that was cancelled before it was frozen. */
export function firstSendOf(db: Db, issueId: IssueId): Promise<Send | undefined> {
  return db
    .selectFrom('sends')
    .selectAll()
    .where('issue_id', '=', issueId)
    .where('retry_of', 'is', null)
    .where((where) =>
      where.not(where.and([where('state', '=', 'cancelled'), where('frozen_at', 'is', null)])),
    )
    .orderBy('id')
    .executeTakeFirst();
}

export type NewSend = Pick<Send, 'publication_id' | 'issue_id' | 'due_at'> & {
  readonly again: boolean;
  readonly retry_of?: SendId;
  readonly local_at?: string | null;
};

/** A send that waits for its time. The unique index refuses a second one of the issue that was not said twice. */
export async function insertSend(db: Db, send: NewSend): Promise<SendId> {
  const row = { ...send, state: 'scheduled' as const };
  const { id } = await db.insertInto('sends').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** Compare-and-set: false when the send is no longer in a state from which this is allowed. */
async function move(
  db: Db,
  id: SendId,
  from: readonly SendState[],
  set: (eb: ExpressionBuilder<Schema, 'sends'>) => Record<string, unknown>,
): Promise<boolean> {
  const result = await db
    .updateTable('sends')
    .set((eb) => set(eb))
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The running clock so far, in milliseconds: deferred mail ages only while it runs. */
const ranMs = sql<number>`ran_ms + coalesce(round(extract(epoch from now() - running_since) * 1000), 0)::bigint`;
const stopClock = { ran_ms: ranMs, running_since: null };
const noWait = { waiting_reason: null, waiting_until: null };

/** From scheduled: the send runs from now on. Its editions and audience are written in the same transaction. */
export async function startSend(tx: Tx, id: SendId): Promise<boolean> {
  const started = await move(tx, id, ['scheduled'], () => ({
    state: 'sending',
    frozen_at: sql`now()`,
    started_at: sql`now()`,
    running_since: sql`now()`,
  }));
  if (started) await makeLedger(tx, id);
  return started;
}

export async function setAudienceSize(tx: Tx, id: SendId, size: number): Promise<void> {
  await tx.updateTable('sends').set({ audience_size: size }).where('id', '=', id).execute();
}

export function holdSend(db: Db, id: SendId, reason: string): Promise<boolean> {
  return move(db, id, ['scheduled'], () => ({ state: 'held', held_reason: reason }));
}

/** The editor's word: due now, whatever its time was. */
export function releaseHeld(db: Db, id: SendId, now: Date): Promise<boolean> {
  return move(db, id, ['held'], () => ({ state: 'scheduled', held_reason: null, due_at: now }));
}

export function pause(db: Db, id: SendId): Promise<boolean> {
  return move(db, id, ['sending'], () => ({ state: 'paused', ...stopClock, ...noWait }));
}

/** What the breaker judges begins with the counts as they are now. */
export function resume(
  db: Db,
  id: SendId,
  { accepted, rejected }: { readonly accepted: number; readonly rejected: number },
): Promise<boolean> {
  return move(db, id, ['paused'], () => ({
    state: 'sending',
    running_since: sql`now()`,
    paused_reason: null,
    base_accepted: accepted,
    base_rejected: rejected,
    base_bounced: sql.ref('bounced'),
    base_complained: sql.ref('complained'),
  }));
}

export function cancel(db: Db, id: SendId): Promise<boolean> {
  return move(db, id, ['scheduled', 'held', 'sending', 'paused'], () => ({
    state: 'cancelled',
    held_reason: null,
    paused_reason: null,
    finished_at: sql`now()`,
    ...stopClock,
    ...noWait,
  }));
}

/** A finished send whose unknown deliveries are to be sent once more runs again. */
export function reopen(db: Db, id: SendId): Promise<boolean> {
  return move(db, id, ['finished'], () => ({
    state: 'sending',
    finished_at: null,
    running_since: sql`now()`,
  }));
}

/**
 * Finished: every batch was claimed and none has a row that is not final. Asked after each batch, and by the
 * reconciler. The batches are looked at once the send is held: an editor may just be opening one again.
 */
export function finishIfDone(db: Db, id: SendId): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { state } = await lockSend(tx, id);
    if (state !== 'sending' || (await hasOpenBatch(tx, id))) return false;
    return move(tx, id, ['sending'], () => ({
      state: 'finished',
      finished_at: sql`now()`,
      ...stopClock,
      ...noWait,
    }));
  });
}

async function hasOpenBatch(tx: Tx, id: SendId): Promise<boolean> {
  const open = tx.selectFrom('batches').select('number').where('send_id', '=', id);
  return (await open.where('is_open', '=', true).limit(1).executeTakeFirst()) !== undefined;
}

/** A fault of the mail server: nobody's outcome. The clock stands still, and no batch is claimed for a while. */
export async function waitForServer(db: Db, id: SendId, reason: string, waitMs: number): Promise<void> {
  await db
    .updateTable('sends')
    .set({
      ...stopClock,
      waiting_reason: reason,
      waiting_until: sql`now() + ${waitMs} * interval '1 millisecond'`,
    })
    .where('id', '=', id)
    .where('state', '=', 'sending')
    .execute();
}

/** The server takes mail again. */
export async function serverIsBack(db: Db, id: SendId): Promise<void> {
  await db
    .updateTable('sends')
    .set({ running_since: sql`now()`, ...noWait })
    .where('id', '=', id)
    .where('state', '=', 'sending')
    .where('waiting_reason', 'is not', null)
    .execute();
}
