import type { SendId } from '../ids.ts';
import { saltKey } from '../publications/installation.ts';
import { publicationById } from '../publications/publication-store.ts';
import { claimBatch, releaseBatch } from './batch-store.ts';
import { type BatchDeps, BatchWork } from './batch-work.ts';
import { frozenEditions } from './freeze-store.ts';
import type { LetterContext } from './letter.ts';
import { findSend, finishIfDone } from './send-store.ts';
import { passed } from './steps.ts';

/**
 * Works one batch of a send under a lease: claims it, reads who may be mailed, sends, records, lets it go.
 * Doing nothing is right when another worker has it, or when the send is paused, cancelled or waiting.
 *
 * @returns whether it was there to be worked.
 */
export async function workBatch(deps: BatchDeps, send: SendId, number: number): Promise<boolean> {
  const claim = await claimBatch(deps.db, send, number, deps.limits.leaseMs, deps.limits.unknownWaitMs);
  if (!claim) return false;
  passed('claimed');
  const work = new BatchWork(deps, claim, await letterContext(deps, send));
  const waitMs = await work.run();
  await releaseBatch(deps.db, claim, waitMs ?? 0);
  passed('let go');
  if (waitMs !== null) deps.wakeLater(claim, waitMs);
  if (await finishIfDone(deps.db, send)) {
    passed('finished');
    deps.log.info({ event: 'send finished', send });
  }
  return true;
}

async function letterContext(deps: BatchDeps, id: SendId): Promise<LetterContext> {
  const send = await findSend(deps.db, id);
  const publication = await publicationById(deps.db, send.publication_id);
  const editions = await frozenEditions(deps.db, id);
  return {
    send,
    publication,
    editions,
    saltKey: await saltKey(deps.db),
    tokens: deps.tokens,
    bounces: deps.bounces,
    signer: deps.signer,
    publicUrl: deps.publicUrl,
  };
}
