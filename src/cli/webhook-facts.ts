import { requireId, showId, type WebhookId } from '../ids.ts';
import type { LoggedCall } from '../webhooks/call-log-store.ts';
import type { Webhook } from '../webhooks/webhook-store.ts';

/** Of `webhook add` and `webhook set`. */
export const webhookOptions = {
  events: { value: 'A,B', about: 'the events it is told of (default: all; see src/webhooks/README.md)' },
  'plain-http': { about: 'it is in your own network, and http is all right there' },
} as const;

export function webhookId(text: string): WebhookId {
  return requireId<WebhookId>('webhook', text);
}

export function readEvents(text: string): string[] {
  return text.split(',').map((event) => event.trim());
}

export function webhookValue(webhook: Webhook) {
  const { id, url, events, plain_http, is_on, off_reason, failing_since } = webhook;
  return {
    webhook: showId('webhook', id),
    url,
    events,
    plain_http,
    on: is_on,
    off_reason,
    failing_since: failing_since?.toISOString() ?? null,
  };
}

export function standingOf({ is_on, off_reason, failing_since }: Webhook): string {
  if (!is_on) return off_reason === null ? 'off' : `off: ${off_reason}`;
  return failing_since === null ? 'on' : `fails since ${failing_since.toISOString()}`;
}

export function callValue(call: LoggedCall) {
  return {
    call: showId('webhook call', call.id),
    event: call.type,
    at: call.at.toISOString(),
    state: call.state,
    attempts: call.attempts,
    tried_at: call.tried_at?.toISOString() ?? null,
    due_at: call.due_at?.toISOString() ?? null,
    code: call.code,
    answer: call.answer,
  };
}
