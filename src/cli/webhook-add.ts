import { findPublication } from '../publications/publication-store.ts';
import { EVENT_TYPE_NAMES } from '../webhooks/event-types.ts';
import { addWebhook } from '../webhooks/webhooks.ts';
import { defineCommand, publicationOption } from './command.ts';
import { readEvents, webhookOptions, webhookValue } from './webhook-facts.ts';
import { withParts } from './with-parts.ts';

export const webhookAdd = defineCommand({
  args: ['URL'],
  about: 'Tells a system of your own what happens from now on; prints its secret once.',
  options: { ...webhookOptions, ...publicationOption },
  run: ({ args: [url = ''], options }) =>
    withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const events = options.events === undefined ? EVENT_TYPE_NAMES : readEvents(options.events);
      const fields = { url, events, plain_http: options['plain-http'] };
      const { webhook, secret } = await addWebhook(db, publication.id, fields);
      const value = { ...webhookValue(webhook), secret };
      return {
        value,
        text: `Webhook ${value.webhook} is told of ${webhook.events.join(', ')}.\nIts secret, shown this once: ${secret}`,
      };
    }),
});
