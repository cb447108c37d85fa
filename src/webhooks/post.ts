import { lookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { SECOND_MS } from '../clock.ts';
import { isPrivateAddress } from './webhook-address.ts';

/** Standard Webhooks ("Timeouts") asks for 15 to 30 s. */
export const TIMEOUT_MS = 15 * SECOND_MS;
/** An answer is for the log; who sends more is not listened to. */
const LARGEST_BYTES = 64 * 1024;

/** The code alone decides; what follows it is shown in the log. */
export type PostAnswer =
  | { readonly kind: 'answered'; readonly code: number; readonly text: string }
  | { readonly kind: 'silent'; readonly reason: string };

/**
 * One POST on a connection of its own, within {@link TIMEOUT_MS} from first to last. No redirect is followed: the
 * operator named this address, and nobody else chooses another. Never throws.
 */
export function post(
  address: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  timeoutMs: number = TIMEOUT_MS,
): Promise<PostAnswer> {
  const url = new URL(address);
  const plain = url.protocol === 'http:';
  return new Promise((resolve) => {
    const options = { method: 'POST', headers, agent: false } as const;
    const request = plain
      ? http.request(url, { ...options, lookup: lookupPrivate })
      : https.request(url, options);
    const late = new Error(`no answer within ${timeoutMs / SECOND_MS} s`);
    const timer = setTimeout(() => request.destroy(late), timeoutMs);
    const end = (answer: PostAnswer) => {
      clearTimeout(timer);
      resolve(answer);
      request.destroy();
    };
    let answering = false;
    request.on('error', (error) => {
      // once the code is there, what breaks is the body alone
      if (!answering) end({ kind: 'silent', reason: error.message || 'the connection broke' });
    });
    request.on('response', async (response) => {
      answering = true;
      const text = await readStart(response);
      end({ kind: 'answered', code: response.statusCode ?? 0, text });
    });
    request.end(body);
  });
}

/** As much as came, if it breaks or takes too long. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= LARGEST_BYTES) break;
    }
  } catch {
    // the code was there before
  }
  return Buffer.concat(chunks).subarray(0, LARGEST_BYTES).toString();
}

/** Where a name leads is known only now: plain http goes to private networks alone. */
const lookupPrivate: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found, family) => {
    const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
    const outside = error ? undefined : addresses.find((address) => !isPrivateAddress(address));
    const refusal =
      outside === undefined
        ? null
        : new Error(`${hostname} is in no private network: plain http goes no further`);
    callback(error ?? refusal, found, family);
  });
};
