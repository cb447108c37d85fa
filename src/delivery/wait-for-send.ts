import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { type Receipt, receipt } from './receipt.ts';

const POLL_MS = 250;
/** Counting a million deliveries takes a good part of a second: then it is asked less often. */
const POLL_SHARE = 4;

/** Waits until a send is finished, paused, cancelled or held (or the signal says to stop waiting). */
export async function waitForSend(
  db: Db,
  id: SendId,
  signal: AbortSignal,
  onProgress: (receipt: Receipt) => void = () => {},
): Promise<Receipt> {
  for (;;) {
    const began = performance.now();
    const now = await receipt(db, id);
    const tookMs = performance.now() - began;
    onProgress(now);
    if ((now.state !== 'sending' && now.state !== 'scheduled') || signal.aborted) return now;
    await new Promise((resolve) => setTimeout(resolve, Math.max(POLL_MS, POLL_SHARE * tookMs)));
  }
}
