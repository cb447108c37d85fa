import { createHmac } from 'node:crypto';

/** A request to the generic hook, signed as Standard Webhooks asks for: `id.timestamp.body`, HMAC-SHA256 in base64. */
export function genericRequest(key: Buffer, id: string, events: readonly object[]): RequestInit {
  const body = JSON.stringify(events);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return { method: 'POST', headers, body };
}
