import { DAY_MS, HOUR_MS, pause } from '../src/clock.ts';
import { missingBatchJobs } from '../src/delivery/batch-store.ts';
import { condenseOldSends } from '../src/delivery/condense-sends.ts';
import { dueSends, finishableSends } from '../src/delivery/due-store.ts';
import { guardSends } from '../src/delivery/guard-send.ts';
import { missingSlotJobs } from '../src/delivery/missing-slots.ts';
import { openOutcomeEvents } from '../src/delivery/outcome-event-store.ts';
import { endedSendsWithLeases, markAbandoned } from '../src/delivery/retry-store.ts';
import { finishIfDone } from '../src/delivery/send-store.ts';
import { deleteRawEvents, openRawEvents } from '../src/feedback/raw-event-store.ts';
import { missingNoticeJobs } from '../src/notices/notice-store.ts';
import type { Job } from '../src/queue/jobs.ts';
import { forgetUnconfirmed } from '../src/subscribers/forget-unconfirmed.ts';
import { missingVisitJob } from '../src/visits/classify-visits.ts';
import { endOldVisits } from '../src/visits/end-visits.ts';
import { deleteOldSalts } from '../src/visits/salt-store.ts';
import { deleteWebhookEvents, dueWebhooks } from '../src/webhooks/call-store.ts';
import { webhookJobs } from '../src/webhooks/webhook-jobs.ts';
import type { WorkerParts } from './parts.ts';
import { tellEditors } from './tell-editors.ts';

/** Each of these wake-ups takes all that waits: a few are enough for the workers that there are. */
const INBOX_JOBS = 4;
/** For so long what happened can be sent again. */
const WEBHOOK_LOG_MS = 30 * DAY_MS;

/**
 * Derives every job that the tables say must exist, and adds it. The queue may be flushed, lost or swapped at
 * any time: a wake-up that is missing comes back here, one that is there already is not added twice.
 */
export async function reconcile({ db, clock, queues }: WorkerParts): Promise<void> {
  const now = clock.now();
  for (const id of await finishableSends(db)) await finishIfDone(db, id);
  for (const id of await endedSendsWithLeases(db)) await markAbandoned(db, id);
  const visitsUntil = await missingVisitJob(db, now);
  const jobs: Job[] = [
    ...(await missingNoticeJobs(db)).map(({ id, fence }) => ({
      name: 'notice' as const,
      notice: id,
      fence,
    })),
    ...(await openOutcomeEvents(db)).map((event) => ({ name: 'feedback' as const, event })),
    ...(await openRawEvents(db, INBOX_JOBS)).map((raw_event) => ({ name: 'inbox' as const, raw_event })),
    ...(await missingSlotJobs(db, now)).map(({ publication, slot_at }) => ({
      name: 'slot' as const,
      publication,
      slot_at: slot_at.toISOString(),
    })),
    ...(await dueSends(db, now)).map((send) => ({ name: 'freeze' as const, send })),
    ...(visitsUntil === null ? [] : [{ name: 'visits' as const, until: visitsUntil.toISOString() }]),
    ...(await dueWebhooks(db)).flatMap(webhookJobs),
    ...(await missingBatchJobs(db)).map((claim) => ({ name: 'batch' as const, ...claim })),
  ];
  for (const job of jobs) await queues.add(job);
}

/** Canaries and breakers are judged beside the reconciling: neither waits for the other's faults. */
function guard({ db, clock }: WorkerParts): Promise<void> {
  return guardSends({ db, clock, tellEditors });
}

async function tidy({ db, clock, log, limits }: WorkerParts): Promise<void> {
  const readers = await forgetUnconfirmed(db, clock.now());
  if (readers > 0) log.info({ event: 'unconfirmed readers forgotten', readers });
  const salts = await deleteOldSalts(db, clock.now());
  if (salts > 0) log.info({ event: 'salts of past days deleted', salts });
  const sends = await condenseOldSends({ db, clock, limits });
  if (sends > 0) log.info({ event: 'old sends condensed', sends });
  const visited = await endOldVisits(db);
  if (visited > 0) log.info({ event: 'old visits dropped', sends: visited });
  const raw_events = await deleteRawEvents(db, new Date(clock.now().getTime() - limits.rawEventMs));
  if (raw_events > 0) log.info({ event: 'old raw events deleted', raw_events });
  const webhook_events = await deleteWebhookEvents(db, new Date(clock.now().getTime() - WEBHOOK_LOG_MS));
  if (webhook_events > 0) log.info({ event: 'old webhook events deleted', webhook_events });
}

/** Reconciles again and again until it is stopped, and once an hour tidies what nobody waits for. */
export function startReconciler(parts: WorkerParts): { close(): Promise<void> } {
  const stopping = new AbortController();
  const loops = [
    repeat(parts, 'reconcile', reconcile, parts.limits.reconcileMs, stopping.signal),
    repeat(parts, 'guard', guard, parts.limits.reconcileMs, stopping.signal),
    repeat(parts, 'tidy', tidy, HOUR_MS, stopping.signal),
  ];
  return {
    async close() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** A fault (a database that restarts) is tried again with the next round. */
async function repeat(
  parts: WorkerParts,
  name: string,
  work: (parts: WorkerParts) => Promise<void>,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await work(parts).catch((error) => parts.log.warn({ event: `${name} failed`, err: error }));
    await pause(everyMs, signal);
  }
}
