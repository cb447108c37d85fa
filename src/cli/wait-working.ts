import type { Receipt } from '../delivery/receipt.ts';
import { waitForSend } from '../delivery/wait-for-send.ts';
import type { SendId } from '../ids.ts';
import { type Parts, run } from '../main.ts';
import type { Answer } from './command.ts';
import { openProgress } from './progress.ts';
import { receiptAnswer } from './receipt-answer.ts';
import { worksAlone } from './work-notices.ts';

/**
 * Waits for the end of a send. Where nothing else runs on an embedded database its jobs are worked here;
 * a database of the operator's own has workers of its own.
 */
export async function waitWorking(parts: Parts, id: SendId, signal: AbortSignal): Promise<Answer> {
  const running = (await worksAlone(parts)) ? await run(parts, { web: false, workers: true }) : null;
  const progress = openProgress();
  try {
    const receipt = await waitForSend(parts.database.db, id, signal, (now) =>
      progress.show(progressText(now)),
    );
    return receiptAnswer(receipt, null, receipt.state === 'finished' ? 0 : 1);
  } finally {
    progress.end();
    await running?.close();
  }
}

function progressText(receipt: Receipt): string {
  const done = receipt.audience - receipt.queued - receipt.deferred;
  return `${receipt.send} ${receipt.state}: ${done} of ${receipt.audience}${receipt.waiting_reason ? ` (waiting: ${receipt.waiting_reason})` : ''}`;
}
