import { showId } from '../ids.ts';
import { callLog } from '../webhooks/call-log-store.ts';
import { requireWebhook } from '../webhooks/webhooks.ts';
import { defineCommand } from './command.ts';
import { table } from './table.ts';
import { callValue, webhookId } from './webhook-facts.ts';
import { wholeNumber } from './whole-number.ts';
import { withParts } from './with-parts.ts';

const NEWEST = 50;

export const webhookLog = defineCommand({
  args: ['WEBHOOK'],
  about: 'Lists the calls of the last 30 days, newest first.',
  options: { last: { value: 'N', about: `so many of them (default: ${NEWEST})` } },
  async run({ args: [reference = ''], options }) {
    const id = webhookId(reference);
    const last = wholeNumber('last', options.last, NEWEST);
    return withParts(async ({ database: { db } }) => {
      await requireWebhook(db, id);
      const calls = await callLog(db, id, last);
      const rows = calls.map(({ id: call, at, type, state, attempts, code, answer }) => [
        showId('webhook call', call),
        at.toISOString(),
        type,
        state,
        attempts,
        [code, (answer ?? '').split('\n')[0]?.slice(0, 60)].filter(Boolean).join(' '),
      ]);
      return {
        value: calls.map(callValue),
        text:
          rows.length > 0
            ? table(['Id', 'When', 'Event', 'State', 'Attempts', 'Answer'], rows)
            : 'There was no call in the last 30 days.',
      };
    });
  },
});
