import { createHmac, type KeyObject } from 'node:crypto';

/**
 * HMAC-SHA256 over `id.timestamp.body` in base64: what a webhook that comes is held against, and one that goes out
 * bears. Source: Standard Webhooks, spec/standard-webhooks.md ("Signature scheme").
 *
 * @param key as a KeyObject: node:crypto takes several times as long with the bytes.
 */
export function webhookSignature(
  key: KeyObject,
  {
    id,
    timestamp,
    body,
  }: { readonly id: string; readonly timestamp: string; readonly body: string | Buffer },
): string {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
}
