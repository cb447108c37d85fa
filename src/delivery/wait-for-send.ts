import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { type Receipt, receipt } from './receipt.ts';

const POLL_MS = 250;

/** Waits until a send is finished, paused, cancelled or held (or the signal says to stop waiting). */
export async function waitForSend(
  db: Db,
  id: SendId,
  signal: AbortSignal,
  onProgress: (receipt: Receipt) => void = () => {},
): Promise<Receipt> {
  for (;;) {
    const now = await receipt(db, id);
    onProgress(now);
    if ((now.state !== 'sending' && now.state !== 'scheduled') || signal.aborted) return now;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
