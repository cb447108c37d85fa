import { readId, requireId, type WebhookCallId, type WebhookId } from '../ids.ts';
import type { Parts } from '../main.ts';
import { Fault } from '../result.ts';
import { wakeWebhook } from '../web/wake.ts';
import { makeDueSince } from '../webhooks/call-log-store.ts';
import { requireWebhook, resendCall } from '../webhooks/webhooks.ts';
import { type Answer, defineCommand } from './command.ts';
import { readSince } from './since.ts';
import { wakeWorkers } from './wake-workers.ts';
import { webhookId } from './webhook-facts.ts';
import { withParts } from './with-parts.ts';

export const webhookResend = defineCommand({
  args: ['CALL'],
  about: 'Sends a call again, with its id; or, of a WEBHOOK, with --since, all that was not taken.',
  options: { since: { value: 'ISO', about: 'of a webhook: what happened then or later and was not taken' } },
  async run({ args: [reference = ''], options: { since } }) {
    if (since === undefined) return resendOne(reference);
    const id = webhookId(reference);
    const from = readSince(since);
    return withParts(async (parts) => {
      await requireWebhook(parts.database.db, id);
      const calls = await makeDueSince(parts.database.db, id, from);
      return due(parts, id, calls);
    });
  },
});

async function resendOne(reference: string): Promise<Answer> {
  if (readId<WebhookId>('webhook', reference) !== null)
    throw new Fault('missing_option', `${reference} is a webhook: say from when on, --since ISO.`);
  const id = requireId<WebhookCallId>('webhook call', reference);
  return withParts(async (parts) => due(parts, await resendCall(parts.database.db, id), 1));
}

async function due(parts: Parts, webhook: WebhookId, calls: number): Promise<Answer> {
  if (calls > 0) await wakeWorkers(parts, (queue) => wakeWebhook(queue, webhook));
  return { value: { calls }, text: `${calls} ${calls === 1 ? 'call goes' : 'calls go'} out again.` };
}
