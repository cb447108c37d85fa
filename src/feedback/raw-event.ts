import type { RawEventId } from '../ids.ts';

/** Who sends events: a route of `/hooks/` each. */
export const PROVIDERS = [
  'ses',
  'mailgun',
  'sendgrid',
  'postmark',
  'resend',
  'brevo',
  'sparkpost',
  'generic',
] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Where a raw event came from: a provider's hook, or the bounce address. */
export type Source = ProviderName | 'mail';

/** Of a mail so much of its beginning is kept, which is more than any report has of its own. */
export const KEPT_BYTES = 2 * 1024 * 1024;

/** A request from outside as it came, once it was verified. */
export interface Received {
  readonly source: Source;
  /** The provider's own id of the request. */
  readonly external_id: string;
  /** Those that reading or verifying it again needs; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** As it lies in the inbox. */
export interface RawEvent extends Omit<Received, 'source'> {
  readonly id: RawEventId;
  readonly source: string;
  readonly received_at: Date;
}
