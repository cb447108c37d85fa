import { tellEditors } from '../../workers/tell-editors.ts';
import { showId } from '../ids.ts';
import { depsOf } from '../main.ts';
import { Fault } from '../result.ts';
import { requireWebhook, testWebhook } from '../webhooks/webhooks.ts';
import { workCall } from '../webhooks/work-webhook.ts';
import { defineCommand } from './command.ts';
import { webhookId } from './webhook-facts.ts';
import { withParts } from './with-parts.ts';

export const webhookTest = defineCommand({
  args: ['WEBHOOK'],
  about: 'Calls it with an event that says nothing, and prints its answer.',
  options: {},
  run: ({ args: [reference = ''] }) =>
    withParts(async (parts) => {
      const { db } = parts.database;
      const webhook = await requireWebhook(db, webhookId(reference));
      const call = await testWebhook(db, webhook);
      const outcome = await workCall({ ...depsOf(parts), tellEditors }, webhook.id, call);
      const name = showId('webhook call', call);
      if (!outcome)
        throw new Fault(
          'webhook_busy',
          `${name} waits: as many calls as may be are under way already.`,
          'failure',
        );
      const { state, code, answer } = outcome;
      return {
        value: { call: name, state, code, answer },
        text: `${name} ${state === 'taken' ? 'was taken' : 'was not taken'}: ${[code, answer].filter(Boolean).join(' ')}`,
        status: state === 'taken' ? 0 : 1,
      };
    }),
});
