import { Fault } from '../result.ts';
import { switchOff, switchOn } from '../webhooks/webhook-store.ts';
import { editWebhook, requireWebhook } from '../webhooks/webhooks.ts';
import { defineCommand } from './command.ts';
import { readEvents, standingOf, webhookId, webhookOptions, webhookValue } from './webhook-facts.ts';
import { withParts } from './with-parts.ts';

export const webhookSet = defineCommand({
  args: ['WEBHOOK'],
  about: 'Changes what is given; what waited goes out when it is on again.',
  options: {
    url: { value: 'URL', about: 'another address' },
    ...webhookOptions,
    on: { about: 'tell it again' },
    off: { about: 'tell it of nothing for now' },
  },
  async run({ args: [reference = ''], options }) {
    const id = webhookId(reference);
    if (options.on && options.off) throw new Fault('on_and_off', 'Give --on or --off, not both.');
    return withParts(async ({ database: { db } }) => {
      const { url, events, plain_http } = await requireWebhook(db, id);
      await editWebhook(db, id, {
        url: options.url ?? url,
        events: options.events === undefined ? events : readEvents(options.events),
        plain_http: plain_http || options['plain-http'],
      });
      if (options.on) await switchOn(db, id);
      if (options.off) await switchOff(db, id, null);
      const webhook = await requireWebhook(db, id);
      return {
        value: webhookValue(webhook),
        text: `Webhook ${reference} is changed (${standingOf(webhook)}).`,
      };
    });
  },
});
