import { z } from 'zod';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts';
import { Fault } from './result.ts';

/** Where a message goes: one server, with how hard it may be used. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps://`); otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  readonly connections: number;
}

export interface Config {
  readonly database: { readonly kind: 'embedded' } | { readonly kind: 'url'; readonly url: string };
  readonly queue: { readonly kind: 'postgres' } | { readonly kind: 'redis'; readonly url: string };
  readonly mail:
    | { readonly kind: 'catcher'; readonly asked: boolean }
    | { readonly kind: 'servers'; readonly servers: readonly SmtpServer[] };
  /** What links in mail start with, without a slash at its end. */
  readonly publicUrl: string;
  /** The first signs, all verify; null: embedded, where one is made and kept in the data directory. */
  readonly secrets: readonly string[] | null;
  readonly trustProxy: readonly string[];
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
  readonly caughtMails: number;
}

type Setting = { readonly name: string; readonly meaning: string; readonly unset: string };
const settings: Setting[] = [];

/** Declares a variable for the schema and for the README's table at once. */
function setting<Type extends z.ZodType>(name: string, type: Type, meaning: string, unset: string): Type {
  settings.push({ name, meaning, unset });
  return type;
}

const whole = (least: number, otherwise: number) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(least, `must be ${least} or more`)
    .default(otherwise);

const environment = z.object({
  DATABASE_URL: setting(
    'DATABASE_URL',
    z
      .url({ protocol: /^postgres(ql)?$/, error: 'must be postgres://user:password@host:port/database' })
      .optional(),
    'Postgres 14 or newer',
    'embedded Postgres in `DATA_DIR`; `web` and `worker` refuse',
  ),
  REDIS_URL: setting(
    'REDIS_URL',
    z.url({ protocol: /^rediss?$/, error: 'must be redis://host:port' }).optional(),
    'Redis or Valkey for BullMQ',
    'BullMQ on the same Postgres',
  ),
  SMTP_URL: setting(
    'SMTP_URL',
    z.string().optional(),
    '`smtp://user:pass@host:port` or `smtps://...`, query parameter `connections`; `catch:` is the built-in catcher',
    'the catcher, its page linked from the start-up lines; `worker` refuses',
  ),
  PUBLIC_URL: setting(
    'PUBLIC_URL',
    z.url({ protocol: /^https?$/, error: 'must be https://letters.example.com' }).optional(),
    'what links in mail start with: https, or loopback where every mail server is loopback or the catcher too; else `start`, `web` and `worker` refuse',
    '`http://localhost:$PORT`',
  ),
  APP_SECRET: setting(
    'APP_SECRET',
    z.string().optional(),
    'at least 32 characters; older ones after a comma still verify',
    'embedded: made once and kept in `DATA_DIR`; with `DATABASE_URL`: required',
  ),
  TRUST_PROXY: setting(
    'TRUST_PROXY',
    z.string().default(''),
    'addresses of proxies whose `X-Forwarded-For` counts, separated by commas',
    'none',
  ),
  PORT: setting(
    'PORT',
    whole(0, 3000).pipe(z.number().max(65_535, 'must be 65535 or less')),
    'where the pages are served',
    '3000',
  ),
  HOST: setting(
    'HOST',
    z.string().default('127.0.0.1'),
    'address to listen on',
    '127.0.0.1 (`docker-compose.yml` sets 0.0.0.0)',
  ),
  DATA_DIR: setting(
    'DATA_DIR',
    z.string().min(1).default('.data'),
    'the embedded services keep everything here',
    '`.data`',
  ),
  LOG_LEVEL: setting(
    'LOG_LEVEL',
    z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
      .default('info'),
    'events on standard error',
    '`info`',
  ),
  LEASE_SECONDS: setting(
    'LEASE_SECONDS',
    whole(2, 30),
    'how long a batch stays with a worker that says nothing',
    '30',
  ),
  UNKNOWN_WAIT_SECONDS: setting(
    'UNKNOWN_WAIT_SECONDS',
    whole(0, 60),
    'wait before a delivery without an outcome is sent once more',
    '60',
  ),
  DEFER_MAX_HOURS: setting(
    'DEFER_MAX_HOURS',
    whole(1, 72),
    'a delivery deferred for longer is rejected',
    '72',
  ),
  PAST_DUE_MINUTES: setting(
    'PAST_DUE_MINUTES',
    whole(1, 60),
    'a scheduled send later than this is held until the editor says so',
    '60',
  ),
  SHUTDOWN_SECONDS: setting(
    'SHUTDOWN_SECONDS',
    whole(1, 25),
    'how long a worker may finish what is in flight after SIGTERM',
    '25',
  ),
  RECONCILE_SECONDS: setting(
    'RECONCILE_SECONDS',
    whole(1, 2),
    'how often missing jobs are derived from the tables',
    '2',
  ),
  BATCH_SIZE: setting('BATCH_SIZE', whole(1, 1000), 'subscribers in a batch', '1000'),
  SMTP_SIZE_LIMIT: setting(
    'SMTP_SIZE_LIMIT',
    whole(1024, 26_214_400),
    'bytes of a message that the catcher takes',
    '26214400',
  ),
  CAUGHT_MAILS: setting('CAUGHT_MAILS', whole(1, 3000), 'how many caught mails are kept', '3000'),
});

/** The README's table of variables, one row each. */
export function settingsTable(): string {
  const rows = settings.map(({ name, meaning, unset }) => `| \`${name}\` | ${meaning} | ${unset} |`);
  return ['| name | meaning | unset |', '|---|---|---|', ...rows].join('\n');
}

/** In the contract, but not built yet: setting one must not look as if it did something. */
const NOT_BUILT = [
  'DKIM_DOMAIN',
  'DKIM_SELECTOR',
  'DKIM_KEY_FILE',
  'BOUNCE_DOMAIN',
  'BOUNCE_SMTP_PORT',
  'BOUNCE_IMAP_URL',
];

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
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  faults.push(
    ...NOT_BUILT.filter((name) => given[name]).map(
      (name) => `${name} is not supported by this version: unset it`,
    ),
  );
  if (!parsed.success || faults.length > 0) throw environmentFault(faults);

  const values = parsed.data;
  const smtp = readSmtpUrl(values.SMTP_URL, faults);
  const secrets = readSecrets(values.APP_SECRET, values.DATABASE_URL !== undefined, faults);
  if (faults.length > 0) throw environmentFault(faults);
  return {
    database: values.DATABASE_URL ? { kind: 'url', url: values.DATABASE_URL } : { kind: 'embedded' },
    queue: values.REDIS_URL ? { kind: 'redis', url: values.REDIS_URL } : { kind: 'postgres' },
    mail: smtp,
    publicUrl: (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ''),
    secrets,
    trustProxy: values.TRUST_PROXY.split(',')
      .map((part) => part.trim())
      .filter(Boolean),
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
      caughtMails: values.CAUGHT_MAILS,
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

function readSmtpUrl(text: string | undefined, faults: string[]): Config['mail'] {
  if (text === undefined) return { kind: 'catcher', asked: false };
  if (text.trim() === 'catch:') return { kind: 'catcher', asked: true };
  const servers = text.split(',').map((part) => readSmtpServer(part.trim(), faults));
  return { kind: 'servers', servers: servers.filter((server) => server !== null) };
}

function readSmtpServer(text: string, faults: string[]): SmtpServer | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname) {
    faults.push('SMTP_URL must be smtp://user:pass@host:port, smtps://... or catch:');
    return null;
  }
  const secure = url.protocol === 'smtps:';
  const connections = Number(url.searchParams.get('connections') ?? 10);
  if (!Number.isInteger(connections) || connections < 1)
    faults.push('SMTP_URL parameter connections must be a whole number from 1');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    auth: url.username
      ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      : null,
    connections,
  };
}
