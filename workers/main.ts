import type { Claim } from '../src/delivery/batch-store.ts';
import { Lanes } from '../src/delivery/lanes.ts';
import { Ledger } from '../src/delivery/ledger.ts';
import { fetchText } from '../src/feedback/providers/sns-fetch.ts';
import { Throttle } from '../src/outbound/throttle.ts';
import type { Closable } from '../src/queue/queues.ts';
import { processBatch } from './batch.ts';
import { processFeedback } from './feedback.ts';
import type { WorkerParts } from './parts.ts';
import { startReconciler } from './reconciler.ts';
import { tellEditors } from './tell-editors.ts';
import { processVisits } from './visits.ts';

export interface Workers {
  /**
   * Stops claiming, finishes and records what is in flight, and leaves; after `limits.shutdownMs` it leaves
   * anyway, and what was in flight settles itself later.
   */
  close(): Promise<void>;
}

/** Batches at once: a second one fills the lanes while the first waits for its last answers. */
const BATCHES = 2;
const NOTICES = 5;
const INBOXES = 2;
/** Calls wait for others' systems and cost little here: a few that hang leave places enough. */
const WEBHOOKS = 32;

/** One processor for each kind of job, and the reconciler that makes their jobs. */
export function startWorkers(parts: WorkerParts): Workers {
  const stopping = new AbortController();
  const { queues } = parts;
  const batchDeps = {
    ...parts,
    lanes: new Lanes(parts.outbound.places),
    ledger: new Ledger(parts.db, parts.limits.deferMaxAgeMs, parts.outbound.places),
    throttle: new Throttle(parts),
    wakeLater: (claim: Claim, waitMs: number) => wakeLater(parts, claim, waitMs, stopping.signal),
    stopping: stopping.signal,
  };
  const inboxDeps = { ...parts, tellEditors, visit: fetchText, stopping: stopping.signal };
  const sendDeps = { ...parts, tellEditors };
  const webhookDeps = { ...sendDeps, stopping: stopping.signal };
  const workers: Closable[] = [
    // what many workers never do is loaded when they do it: they are as small as what they send needs
    queues.work('batch', () => processBatch(batchDeps), BATCHES),
    queues.work('notice', async (job) => (await import('./notice.ts')).processNotice(parts, job), NOTICES),
    queues.work(
      'freeze',
      async (job) => (await import('./freeze.ts')).processFreeze(sendDeps, queues, job),
      1,
    ),
    queues.work('slot', async (job) => (await import('./slot.ts')).processSlot(sendDeps, job), 1),
    queues.work('feedback', (job) => processFeedback(sendDeps, job), 1),
    queues.work(
      'inbox',
      async (job) => (await import('./inbox.ts')).processRawEvents(inboxDeps, job),
      INBOXES,
    ),
    queues.work('visits', (job) => processVisits({ db: parts.db, stopping: stopping.signal }, job), 1),
    queues.work(
      'webhook',
      async (job) => (await import('./webhook.ts')).processWebhook(webhookDeps, job),
      WEBHOOKS,
    ),
  ];
  const reconciler = startReconciler(parts);

  return {
    async close() {
      stopping.abort();
      parts.outbound.stopWaiting();
      const done = Promise.all([reconciler.close(), ...workers.map((worker) => worker.close())]);
      await Promise.race([done, late(parts.limits.shutdownMs)]);
    },
  };
}

/** The reconciler finds it as well, a little later; providers' allowances are taken more evenly so. */
function wakeLater({ queues }: WorkerParts, claim: Claim, waitMs: number, stopping: AbortSignal): void {
  const { send, batch, fence } = claim;
  const wake = () => {
    if (!stopping.aborted) queues.add({ name: 'batch', send, batch, fence }).catch(() => {});
  };
  setTimeout(wake, waitMs).unref();
}

function late(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
