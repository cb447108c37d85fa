import { removeWebhook, requireWebhook, rotateSecret } from '../webhooks/webhooks.ts';
import { defineCommand } from './command.ts';
import { webhookId } from './webhook-facts.ts';
import { withParts } from './with-parts.ts';

export const webhookRotate = defineCommand({
  args: ['WEBHOOK'],
  about: 'Makes a new secret and prints it once; the old one signs too for a day.',
  options: {},
  run: ({ args: [reference = ''] }) =>
    withParts(async ({ database: { db } }) => {
      const { id } = await requireWebhook(db, webhookId(reference));
      const secret = await rotateSecret(db, id);
      return {
        value: { webhook: reference, secret },
        text: `The new secret, shown this once: ${secret}\nThe old one signs beside it for a day.`,
      };
    }),
});

export const webhookRemove = defineCommand({
  args: ['WEBHOOK'],
  about: 'Removes a webhook, with its log and what waits for it.',
  options: {},
  run: ({ args: [reference = ''] }) =>
    withParts(async ({ database: { db } }) => {
      const { id } = await requireWebhook(db, webhookId(reference));
      await removeWebhook(db, id);
      return { value: { removed: reference }, text: `Webhook ${reference} is removed.` };
    }),
});
