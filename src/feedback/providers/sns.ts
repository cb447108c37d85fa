import { verify as verifySignature, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { MINUTE_MS } from '../../clock.ts';
import { ok, refuse } from '../../result.ts';
import { headerOf, parseJson, plainId, sameSecret, type Verdict, type Verify } from './hook.ts';

// Amazon SNS, "Verifying the signatures of Amazon SNS messages"
// (docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).

const common = {
  MessageId: z.string().min(1),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.string(),
  Signature: z.string(),
  SigningCertURL: z.string(),
};
const confirmation = { ...common, Token: z.string(), SubscribeURL: z.string() };
export const snsMessage = z.discriminatedUnion('Type', [
  z.object({ ...common, Type: z.literal('Notification'), Subject: z.string().nullish() }),
  z.object({ ...confirmation, Type: z.literal('SubscriptionConfirmation') }),
  z.object({ ...confirmation, Type: z.literal('UnsubscribeConfirmation') }),
]);
type SnsMessage = z.output<typeof snsMessage>;

/** Of what is signed, in byte order. Both confirmations have the same fields, though Amazon's own library for JavaScript differs. */
const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** Version 1 is what a topic has unless it is told otherwise. */
const DIGESTS: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };

/**
 * The host alone would not do: a bucket of anybody's may answer under a host that looks nearly so, and a
 * certificate from there verifies whatever its owner signs.
 */
const CERTIFICATE =
  /^https:\/\/sns\.([a-z0-9-]{3,30})\.amazonaws\.com(\.cn)?\/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$/;
const SUBSCRIBE = /^https:\/\/sns\.([a-z0-9-]{3,30})\.amazonaws\.com(\.cn)?\/\?/;

/** Gets a certificate's PEM; throws where it cannot be had. */
export type FetchCertificate = (url: string) => Promise<string>;

/**
 * Only messages of the operator's own topics: any AWS account can send validly signed ones. The region of the certificate
 * must be the topic's.
 *
 * @param topics ARNs.
 */
export function verifySns(topics: readonly string[], fetchCertificate: FetchCertificate): Verify {
  const certificates = new Certificates(fetchCertificate);
  return async (request): Promise<Verdict> => {
    const parsed = snsMessage.safeParse(parseJson(request.body));
    if (!parsed.success) return refuse('malformed');
    const message = parsed.data;
    const kind = headerOf(request, 'x-amz-sns-message-type');
    if (kind !== null && kind !== message.Type) return refuse('malformed');
    if (!topics.some((topic) => sameSecret(message.TopicArn, topic))) return refuse('forged');
    const region = CERTIFICATE.exec(message.SigningCertURL)?.[1];
    if (region === undefined || region !== regionOf(message)) return refuse('forged');

    const certificate = await certificates.get(message.SigningCertURL, request.now);
    if (certificate === null) return refuse('unavailable');
    if (!isSigned(message, certificate, request.now)) return refuse('forged');
    return ok({ external_id: plainId(message.MessageId), headers: {} });
  };
}

/** An address that confirms a subscription, of the same region's SNS and for nothing else; null for any other. */
export function confirmationUrl(message: SnsMessage): string | null {
  if (message.Type !== 'SubscriptionConfirmation' || !URL.canParse(message.SubscribeURL)) return null;
  const url = new URL(message.SubscribeURL);
  const here = SUBSCRIBE.exec(url.href)?.[1] === regionOf(message);
  const confirms =
    url.searchParams.get('Action') === 'ConfirmSubscription' &&
    url.searchParams.get('TopicArn') === message.TopicArn;
  return here && confirms ? url.href : null;
}

function regionOf({ TopicArn }: SnsMessage): string | undefined {
  return TopicArn.split(':')[3];
}

function isSigned(message: SnsMessage, certificate: X509Certificate, now: Date): boolean {
  const digest = DIGESTS[message.SignatureVersion];
  const current = certificate.validFromDate <= now && now <= certificate.validToDate;
  if (digest === undefined || !current) return false;
  const signature = Buffer.from(message.Signature, 'base64');
  return verifySignature(digest, Buffer.from(canonical(message)), certificate.publicKey, signature);
}

/** Name and value of each field, a line each; `Subject` only where there is one. */
function canonical(message: SnsMessage): string {
  const fields = new Map<string, unknown>(Object.entries(message));
  return SIGNED[message.Type]
    .filter((name) => typeof fields.get(name) === 'string')
    .map((name) => `${name}\n${fields.get(name)}\n`)
    .join('');
}

/** Kept by address. A forger who names many makes this ask for few. */
class Certificates {
  readonly #fetch: FetchCertificate;
  readonly #kept = new Map<string, Promise<X509Certificate | null>>();
  #asked: number[] = [];

  constructor(fetch: FetchCertificate) {
    this.#fetch = fetch;
  }

  /** Null: it cannot be had now. */
  get(url: string, now: Date): Promise<X509Certificate | null> {
    const kept = this.#kept.get(url);
    if (kept) return kept;
    if (!this.#mayAsk(now.getTime())) return Promise.resolve(null);
    const asked = this.#ask(url);
    this.#kept.set(url, asked);
    return asked;
  }

  async #ask(url: string): Promise<X509Certificate | null> {
    try {
      return new X509Certificate(await this.#fetch(url));
    } catch {
      this.#kept.delete(url);
      return null;
    }
  }

  #mayAsk(now: number): boolean {
    this.#asked = this.#asked.filter((at) => now - at < MINUTE_MS);
    if (this.#asked.length >= ASKS_IN_MINUTE || this.#kept.size >= MOST_KEPT) return false;
    this.#asked.push(now);
    return true;
  }
}

/** Amazon changes its certificate about once a year. */
const ASKS_IN_MINUTE = 10;
const MOST_KEPT = 100;
