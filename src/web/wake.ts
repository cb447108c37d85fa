import type { Clock } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { sendJobs } from '../delivery/send-jobs.ts';
import type { NoticeId, RawEventId, SendId, WebhookId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Job } from '../queue/jobs.ts';
import type { Queues } from '../queue/queues.ts';
import { webhookJobs } from '../webhooks/webhook-jobs.ts';

export interface WakeParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly queues: Pick<Queues, 'add'>;
  readonly log: Log;
}

type Waking = Pick<WakeParts, 'queues' | 'log'>;

/**
 * Wake-ups for rows that were just committed. The reconciler derives them too: a queue that is away costs
 * seconds, so it never turns an answer to a person into a fault.
 */
async function wake({ queues, log }: Waking, findJobs: () => Promise<readonly Job[]>): Promise<void> {
  try {
    for (const job of await findJobs()) await queues.add(job);
  } catch (error) {
    log.warn({ event: 'wake-up lost', reason: error instanceof Error ? error.message : 'unknown' });
  }
}

export function wakeNotices(parts: WakeParts, notices: readonly NoticeId[]): Promise<void> {
  return wake(parts, async () => notices.map((notice) => ({ name: 'notice', notice, fence: 0 })));
}

export function wakeInbox(parts: Waking, raw_event: RawEventId): Promise<void> {
  return wake(parts, async () => [{ name: 'inbox', raw_event }]);
}

export function wakeWebhook(parts: Waking, webhook: WebhookId): Promise<void> {
  return wake(parts, async () => webhookJobs({ webhook, lanes: 1 }));
}

export function wakeSend(parts: WakeParts, send: SendId): Promise<void> {
  return wake(parts, () => sendJobs(parts.db, send, parts.clock.now()));
}
