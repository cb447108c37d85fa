import { z } from 'zod';

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

/** RFC 1123 section 2.1 and RFC 5321 section 4.5.3.1.3: with `b+`, a token and `@` before it within a path's 254 octets. */
const MAIL_DOMAIN = /^(?=.{1,198}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Every variable the press heeds, checked and with its default. */
export const environment = z.object({
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
    '`smtp://user:pass@host:port` or `smtps://...`; several, separated by commas; query parameters `connections` (10), `depth` (1), `rate` (messages a second) and `weight` (1), see above; `catch:` is the built-in catcher',
    'the catcher, its page linked from the start-up lines; `worker` refuses',
  ),
  SEND_RATE: setting(
    'SEND_RATE',
    z.coerce.number('must be a number').positive('must be above 0').optional(),
    'messages a second at most, over all mail servers and all workers',
    'as fast as they are taken',
  ),
  DKIM_DOMAIN: setting(
    'DKIM_DOMAIN',
    z.string().optional(),
    'the domain that signs, that of the From address or one above it; one for all keys, or one for each',
    'not signed',
  ),
  DKIM_SELECTOR: setting(
    'DKIM_SELECTOR',
    z.string().optional(),
    'the name below `_domainkey` under which DNS holds the public key; several, separated by commas, one for each key',
    'not signed',
  ),
  DKIM_KEY_FILE: setting(
    'DKIM_KEY_FILE',
    z.string().optional(),
    'private key in PEM, RSA (2048 bits) or Ed25519, read at the start; several, separated by commas, all sign',
    'not signed',
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
  BOUNCE_DOMAIN: setting(
    'BOUNCE_DOMAIN',
    z
      .string()
      .toLowerCase()
      .regex(
        MAIL_DOMAIN,
        'must be a domain name, such as bounces.example.com (an international one as xn--...)',
      )
      .optional(),
    'each mail has an envelope sender of its own under this domain, `b+TOKEN@...`',
    'the publication’s From address is the envelope sender',
  ),
  BOUNCE_SMTP_PORT: setting(
    'BOUNCE_SMTP_PORT',
    z.coerce
      .number('must be a number')
      .int('must be a whole number')
      .min(1)
      .max(65_535, 'must be 65535 or less')
      .optional(),
    'the port, at `HOST`, on which `web` and `start` take bounce mail over SMTP, and what is sent to leave a letter; needs `BOUNCE_DOMAIN`',
    'bounce mail is not taken',
  ),
  BOUNCE_IMAP_URL: setting(
    'BOUNCE_IMAP_URL',
    z.string().optional(),
    '`imap://user:password@host:port/MAILBOX` or `imaps://...`, a mailbox that `worker` and `start` read bounce mail from; query parameters `after` (`move`, `seen`, `keep` or `delete`) and `every` (60, seconds), see above',
    'no mailbox is read',
  ),
  SES_TOPIC_ARNS: setting(
    'SES_TOPIC_ARNS',
    z.string().optional(),
    'SNS topics that bring Amazon SES’s events to `/hooks/ses`; this and the next seven: several, separated by commas',
    'that hook is 404',
  ),
  MAILGUN_SIGNING_KEY: setting(
    'MAILGUN_SIGNING_KEY',
    z.string().optional(),
    'the HTTP webhook signing key of Mailgun, for `/hooks/mailgun`',
    'that hook is 404',
  ),
  SENDGRID_PUBLIC_KEY: setting(
    'SENDGRID_PUBLIC_KEY',
    z.string().optional(),
    'the verification key of SendGrid’s signed event webhook, for `/hooks/sendgrid`',
    'that hook is 404',
  ),
  POSTMARK_HOOK_AUTH: setting(
    'POSTMARK_HOOK_AUTH',
    z.string().optional(),
    '`user:password` that Postmark shows at `/hooks/postmark`',
    'that hook is 404',
  ),
  BREVO_HOOK_AUTH: setting(
    'BREVO_HOOK_AUTH',
    z.string().optional(),
    '`user:password` that Brevo shows at `/hooks/brevo`',
    'that hook is 404',
  ),
  SPARKPOST_HOOK_AUTH: setting(
    'SPARKPOST_HOOK_AUTH',
    z.string().optional(),
    '`user:password` that SparkPost shows at `/hooks/sparkpost`',
    'that hook is 404',
  ),
  RESEND_HOOK_SECRET: setting(
    'RESEND_HOOK_SECRET',
    z.string().optional(),
    'the signing secret of Resend’s webhook, `whsec_...`, for `/hooks/resend`',
    'that hook is 404',
  ),
  GENERIC_HOOK_SECRET: setting(
    'GENERIC_HOOK_SECRET',
    z.string().optional(),
    '`whsec_` and a key in base64, for `/hooks/generic`, signed in the Standard Webhooks form',
    'that hook is 404',
  ),
  TRUST_PROXY: setting(
    'TRUST_PROXY',
    z.string().default(''),
    'addresses of proxies whose `X-Forwarded-For` counts, separated by commas',
    'none',
  ),
  METRICS_TOKEN: setting(
    'METRICS_TOKEN',
    z
      .string()
      .regex(/^\S{16,}$/, 'must have at least 16 characters and no space')
      .optional(),
    'what a Prometheus shows as its bearer token to read `/metrics`',
    '`/metrics` is there on a machine of one’s own only, with a `PUBLIC_URL` on loopback',
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
    'how long a batch, or a mailbox, stays with a worker that says nothing',
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
  RETENTION_DAYS: setting(
    'RETENTION_DAYS',
    whole(0, 400),
    'days after a send is over until only its counts are kept, and it can be neither retried nor settled; 0: never',
    '400',
  ),
  RAW_EVENT_DAYS: setting(
    'RAW_EVENT_DAYS',
    whole(1, 90),
    'days for which what came back from outside is kept as it came; what it did stays',
    '90',
  ),
  CAUGHT_MAILS: setting('CAUGHT_MAILS', whole(1, 3000), 'how many caught mails are kept', '3000'),
});

/** The README's table of variables, one row each. */
export function settingsTable(): string {
  const rows = settings.map(({ name, meaning, unset }) => `| \`${name}\` | ${meaning} | ${unset} |`);
  return ['| name | meaning | unset |', '|---|---|---|', ...rows].join('\n');
}
