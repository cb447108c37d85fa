import { MINUTE_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { mayWorkLater } from '../db/faults.ts';
import type { SendId } from '../ids.ts';
import { type Receipt, receipt } from './receipt.ts';

const POLL_MS = 250;
/** A look takes its share of the database, not more, however slow that is just now. */
const POLL_SHARE = 4;
/** A database that restarts ends no wait: the send goes on as well. */
const AWAY_MS = MINUTE_MS;

/** Waits until a send is finished, paused, cancelled or held (or the signal says to stop waiting). */
export async function waitForSend(
  db: Db,
  id: SendId,
  signal: AbortSignal,
  onProgress: (receipt: Receipt) => void = () => {},
): Promise<Receipt> {
  for (;;) {
    const began = performance.now();
    const now = await receiptInTime(db, id, signal);
    const tookMs = performance.now() - began;
    onProgress(now);
    if ((now.state !== 'sending' && now.state !== 'scheduled') || signal.aborted) return now;
    await new Promise((resolve) => setTimeout(resolve, Math.max(POLL_MS, POLL_SHARE * tookMs)));
  }
}

/** @throws what the database said, when it has been away for {@link AWAY_MS}. */
async function receiptInTime(db: Db, id: SendId, signal: AbortSignal): Promise<Receipt> {
  const deadline = performance.now() + AWAY_MS;
  for (;;) {
    try {
      return await receipt(db, id);
    } catch (error) {
      if (!mayWorkLater(error) || signal.aborted || performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
