import { createSecretKey } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';
import { ok, refuse } from '../../result.ts';
import { webhookSignature } from '../../tokens/webhook-signature.ts';
import { headerOf, looksLikeJson, plainId, sameSecret, type Verify } from './hook.ts';

/** Either way: clocks differ, and the time is signed anew at each try. */
const TOLERANCE_MS = 5 * MINUTE_MS;

/**
 * HMAC-SHA256 over `id.timestamp.body`, base64, in a list of `v1,SIGNATURE` with a space between; one that is right is
 * enough, other versions are passed over. The id is the same at each try.
 * Source: Standard Webhooks, spec/standard-webhooks.md ("Verifying signatures"); Svix signs the same under its own
 * header names (docs.svix.com/receiving/verifying-payloads/how-manual).
 *
 * @param prefix of the three headers.
 * @param keys the bytes behind `whsec_`; several for rotation.
 */
export function verifyStandardWebhook(prefix: 'webhook' | 'svix', keys: readonly Buffer[]): Verify {
  // node:crypto takes several times as long with the bytes
  const secrets = keys.map((key) => createSecretKey(key));
  return (request) => {
    const id = headerOf(request, `${prefix}-id`);
    const timestamp = headerOf(request, `${prefix}-timestamp`);
    const signature = headerOf(request, `${prefix}-signature`);
    if (!id || !signature || !timestamp || !/^\d{1,12}$/.test(timestamp)) return refuse('forged');
    const given = signature.split(' ').flatMap((each) => (each.startsWith('v1,') ? [each.slice(3)] : []));
    const wanted = secrets.map((key) => webhookSignature(key, { id, timestamp, body: request.body }));
    const signed = given.slice(0, 10).some((each) => wanted.some((right) => sameSecret(each, right)));
    if (!signed) return refuse('forged');
    if (Math.abs(request.now.getTime() - Number(timestamp) * SECOND_MS) > TOLERANCE_MS) return refuse('late');
    if (!looksLikeJson(request.body)) return refuse('malformed');
    return ok({
      external_id: plainId(id),
      headers: { [`${prefix}-id`]: id, [`${prefix}-timestamp`]: timestamp },
    });
  };
}
