import type { Db } from '../db/database.ts';
import type { SendState } from '../db/send-tables.ts';
import { type SendId, showId } from '../ids.ts';
import { type LaterReaders, laterReaders } from './audience-store.ts';
import { type CanaryFacts, canaryFacts } from './guard-store.ts';
import { findSend } from './send-store.ts';
import { type Tally, tallyOf } from './tally-store.ts';

/** Where a send stands. `audience` is always the sum of the seven counts below it. */
export interface Receipt {
  readonly send: string;
  readonly issue: string;
  readonly retry_of: string | null;
  readonly state: SendState;
  readonly audience: number;
  readonly queued: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly deferred: number;
  readonly suppressed: number;
  readonly left: number;
  readonly unknown: number;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** Why a held send waits for the editor's word. */
  readonly held_reason: string | null;
  /** Why a sending one waits for its mail server. */
  readonly waiting_reason: string | null;
  /** Why the press paused it; null where an editor did. */
  readonly paused_reason: string | null;
  /** The readers who go first; null: it has no canary. */
  readonly canary: CanaryFacts | null;
  /** A wall clock's time, `2026-12-01T08:00`: it goes out then where each reader lives. */
  readonly local_at: string | null;
  /** Those whose hour has not come; part of `queued`. */
  readonly later: LaterReaders | null;
}

/** One snapshot of send, batches and ledger, so that the numbers add up while it runs. */
export async function receipt(db: Db, id: SendId): Promise<Receipt> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const send = await findSend(tx, id);
      const tally = await tallyOf(tx, id);
      return {
        send: showId('send', send.id),
        issue: showId('issue', send.issue_id),
        retry_of: send.retry_of === null ? null : showId('send', send.retry_of),
        state: send.state,
        audience: send.audience_size,
        queued: send.audience_size - countOf(tally),
        ...tally,
        started_at: send.started_at?.toISOString() ?? null,
        finished_at: send.finished_at?.toISOString() ?? null,
        held_reason: send.held_reason,
        waiting_reason: send.waiting_reason,
        paused_reason: send.paused_reason,
        canary: await canaryFacts(tx, id),
        local_at: send.local_at,
        later: send.local_at === null ? null : await laterReaders(tx, id),
      };
    });
}

function countOf({ accepted, rejected, deferred, suppressed, left, unknown }: Tally): number {
  return accepted + rejected + deferred + suppressed + left + unknown;
}
