import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts';
import { type DkimKey, readDkim } from './config/dkim.ts';
import { type HookSecrets, readHooks } from './config/hooks.ts';
import { type BounceMailbox, readImapUrl } from './config/imap-url.ts';
import { environment } from './config/settings.ts';
import { type MailConfig, readSmtpUrl } from './config/smtp-url.ts';
import { Fault } from './result.ts';

export interface Config {
  readonly database: { readonly kind: 'embedded' } | { readonly kind: 'url'; readonly url: string };
  readonly queue: { readonly kind: 'postgres' } | { readonly kind: 'redis'; readonly url: string };
  readonly mail: MailConfig;
  /** Messages a second over all servers and workers; null: no limit. */
  readonly sendRate: number | null;
  /** Each signs every mail; none: mail goes out unsigned. */
  readonly dkim: readonly DkimKey[];
  /** What links in mail start with, without a slash at its end. */
  readonly publicUrl: string;
  /** The first signs, all verify; null: embedded, where one is made and kept in the data directory. */
  readonly secrets: readonly string[] | null;
  /** Envelope senders are made under it, one for each mail; null: the publication's own address is the sender. */
  readonly bounceDomain: string | null;
  /** Where bounce mail is taken over SMTP; null: nowhere. */
  readonly bounceSmtpPort: number | null;
  /** Where bounce mail is read over IMAP; null: nowhere. */
  readonly bounceMailbox: BounceMailbox | null;
  /** What verifies each provider's hook; one without is not there. */
  readonly hooks: HookSecrets;
  readonly trustProxy: readonly string[];
  /** What a Prometheus must show; null: /metrics is for this machine alone. */
  readonly metricsToken: string | null;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly logLevel: string;
  readonly limits: Limits;
}

/** Knobs with sensible defaults, all in milliseconds, bytes or counts. */
export interface Limits {
  readonly leaseMs: number;
  readonly unknownWaitMs: number;
  readonly deferMaxAgeMs: number;
  readonly pastDueMs: number;
  readonly shutdownMs: number;
  readonly reconcileMs: number;
  readonly batchSize: number;
  readonly smtpSizeLimit: number;
  readonly rawEventMs: number;
  readonly caughtMails: number;
  /** How long the deliveries of a send that is over are kept; null: for ever. */
  readonly retentionMs: number | null;
}

/**
 * Reads and checks the whole environment once.
 *
 * @throws {Fault} `bad_environment`, all faults in one message; names without values.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success)
    throw environmentFault(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));

  const faults: string[] = [];

  const values = parsed.data;
  const smtp = readSmtpUrl(values.SMTP_URL, faults);
  const dkim = readDkim(values, faults);
  const hooks = readHooks(values, faults);
  const bounceMailbox = readImapUrl(values.BOUNCE_IMAP_URL, faults);
  if (values.BOUNCE_SMTP_PORT !== undefined && values.BOUNCE_DOMAIN === undefined)
    faults.push('BOUNCE_SMTP_PORT needs BOUNCE_DOMAIN: only mail to addresses under it is taken');
  const secrets = readSecrets(values.APP_SECRET, values.DATABASE_URL !== undefined, faults);
  if (faults.length > 0) throw environmentFault(faults);
  return {
    database: values.DATABASE_URL ? { kind: 'url', url: values.DATABASE_URL } : { kind: 'embedded' },
    queue: values.REDIS_URL ? { kind: 'redis', url: values.REDIS_URL } : { kind: 'postgres' },
    mail: smtp,
    sendRate: values.SEND_RATE ?? null,
    dkim,
    publicUrl: (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ''),
    secrets,
    bounceDomain: values.BOUNCE_DOMAIN ?? null,
    bounceSmtpPort: values.BOUNCE_SMTP_PORT ?? null,
    bounceMailbox,
    hooks,
    trustProxy: values.TRUST_PROXY.split(',')
      .map((part) => part.trim())
      .filter(Boolean),
    metricsToken: values.METRICS_TOKEN ?? null,
    host: values.HOST,
    port: values.PORT,
    dataDir: values.DATA_DIR,
    logLevel: values.LOG_LEVEL,
    limits: {
      leaseMs: values.LEASE_SECONDS * SECOND_MS,
      unknownWaitMs: values.UNKNOWN_WAIT_SECONDS * SECOND_MS,
      deferMaxAgeMs: values.DEFER_MAX_HOURS * HOUR_MS,
      pastDueMs: values.PAST_DUE_MINUTES * MINUTE_MS,
      shutdownMs: values.SHUTDOWN_SECONDS * SECOND_MS,
      reconcileMs: values.RECONCILE_SECONDS * SECOND_MS,
      batchSize: values.BATCH_SIZE,
      smtpSizeLimit: values.SMTP_SIZE_LIMIT,
      rawEventMs: values.RAW_EVENT_DAYS * DAY_MS,
      caughtMails: values.CAUGHT_MAILS,
      retentionMs: values.RETENTION_DAYS === 0 ? null : values.RETENTION_DAYS * DAY_MS,
    },
  };
}

/**
 * Links in real mail must work for the reader: https, or loopback where the mail goes nowhere else.
 *
 * @throws {Fault} `bad_public_url`
 */
export function requirePublicUrl(config: Config): void {
  const url = new URL(config.publicUrl);
  const mailStaysHere =
    config.mail.kind === 'catcher' || config.mail.servers.every((server) => isLoopback(server.host));
  if (url.protocol === 'https:' || (isLoopback(url.hostname) && mailStaysHere)) return;
  throw new Fault(
    'bad_public_url',
    'PUBLIC_URL must be the https address of this press: links and one-click unsubscribe in real mail need it (RFC 8058).',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

function environmentFault(faults: readonly string[]): Fault {
  return new Fault('bad_environment', `The environment is not right: ${faults.join('; ')}.`);
}

function readSecrets(
  text: string | undefined,
  required: boolean,
  faults: string[],
): readonly string[] | null {
  if (text === undefined) {
    if (required)
      faults.push(
        'APP_SECRET is required with DATABASE_URL: at least 32 characters, for example from "openssl rand -hex 32"',
      );
    return null;
  }
  const secrets = text.split(',').map((secret) => secret.trim());
  if (secrets.some((secret) => secret.length < 32))
    faults.push('APP_SECRET must have at least 32 characters, and so must each older one after a comma');
  return secrets;
}
