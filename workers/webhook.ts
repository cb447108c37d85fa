import type { Payload } from '../src/queue/jobs.ts';
import { type WebhookDeps, workWebhook } from '../src/webhooks/work-webhook.ts';

export function processWebhook(
  deps: WebhookDeps & { readonly stopping: AbortSignal },
  { webhook }: Payload<'webhook'>,
): Promise<void> {
  return workWebhook(deps, webhook, deps.stopping);
}
