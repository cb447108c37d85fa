import type { BatchDeps } from '../src/delivery/batch-work.ts';
import { nextTurn } from '../src/delivery/turn-store.ts';
import { workBatch } from '../src/delivery/work-batch.ts';

/** Workers that look at the same moment see the same turn, and one of them gets it. */
const TRIES = 5;

/**
 * A wake-up: some batch can be worked. Which one is decided now and not when the job was made, so that a large send
 * whose jobs fill the queue, and one that began after it, take turns.
 */
export async function processBatch(deps: BatchDeps): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const turn = await nextTurn(deps.db);
    if (turn === null || (await workBatch(deps, turn.send, turn.batch))) return;
  }
}
