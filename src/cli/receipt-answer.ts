import type { Receipt } from '../delivery/receipt.ts';
import { unreachable } from '../result.ts';
import type { Answer } from './command.ts';
import { facts } from './table.ts';

/** A receipt as the answer of a `send` verb, with a line below it for a person. */
export function receiptAnswer(receipt: Receipt, note: string | null = null, status: 0 | 1 = 0): Answer {
  return { value: receipt, text: [receiptText(receipt), ...(note ? [note] : [])].join('\n'), status };
}

export function receiptText(receipt: Receipt): string {
  return facts([
    ['Send', receipt.retry_of ? `${receipt.send}, a retry of ${receipt.retry_of}` : receipt.send],
    ['Issue', receipt.issue],
    ['State', receipt.state],
    ['Held', receipt.held_reason],
    ['Paused', receipt.paused_reason],
    ['Canary', receipt.canary && canaryText(receipt.canary)],
    ['Waiting', receipt.waiting_reason],
    ['Local time', receipt.local_at && `${receipt.local_at.replace('T', ' ')} where each reader lives`],
    ['Later', receipt.later && `${receipt.later.readers} readers, the last at ${receipt.later.last_at}`],
    ['Audience', receipt.audience],
    ['Accepted', receipt.accepted],
    ['Queued', receipt.queued || null],
    ['Rejected', receipt.rejected || null],
    ['Deferred', receipt.deferred || null],
    ['Suppressed', receipt.suppressed || null],
    ['Left', receipt.left || null],
    ['Unknown', receipt.unknown || null],
    ['Started', receipt.started_at],
    ['Finished', receipt.finished_at],
  ]);
}

function canaryText({ state, readers, until }: NonNullable<Receipt['canary']>): string {
  switch (state) {
    case 'running':
      return until === null
        ? `${readers} readers get it first, the others wait for their answers`
        : `${readers} readers have it, the others follow at ${until} if all is well`;
    case 'passed':
      return `passed, by ${readers} readers`;
    case 'failed':
      return `failed, by ${readers} readers`;
    default:
      return unreachable(state);
  }
}
