import type { WebhookId } from '../ids.ts';
import type { Job } from '../queue/jobs.ts';

/** Wake-ups for one webhook: each makes its calls one after another, so many of them at once. */
export function webhookJobs({ webhook, lanes }: { webhook: WebhookId; lanes: number }): Job[] {
  return Array.from({ length: lanes }, (_, lane) => ({ name: 'webhook', webhook, lane }));
}
