import { showId } from '../ids.ts';
import { findPublication } from '../publications/publication-store.ts';
import { listWebhooks } from '../webhooks/webhook-store.ts';
import { defineCommand, publicationOption } from './command.ts';
import { table } from './table.ts';
import { standingOf, webhookValue } from './webhook-facts.ts';
import { withParts } from './with-parts.ts';

export const webhookList = defineCommand({
  args: [],
  about: 'Lists what is told of what happens.',
  options: publicationOption,
  run: ({ options }) =>
    withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const webhooks = await listWebhooks(db, publication.id);
      const rows = webhooks.map((webhook) => [
        showId('webhook', webhook.id),
        webhook.url,
        standingOf(webhook),
        webhook.events.join(', '),
      ]);
      return {
        value: webhooks.map(webhookValue),
        text: rows.length > 0 ? table(['Id', 'Address', '', 'Events'], rows) : 'There is no webhook yet.',
      };
    }),
});
