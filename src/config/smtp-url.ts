/** Where a message goes: one server, with how hard it may be used. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps://`); otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  readonly connections: number;
  /** How many messages of one connection may be marked, or answered and not yet recorded. */
  readonly depth: number;
  /** Messages a second, over all workers; null: as fast as it takes them. */
  readonly rate: number | null;
  /** Its share of the messages beside servers of other weights. */
  readonly weight: number;
}

/** The built-in catcher (asked for, or because nothing else is named), or real servers. */
export type MailConfig =
  | { readonly kind: 'catcher'; readonly asked: boolean }
  | { readonly kind: 'servers'; readonly servers: readonly SmtpServer[] };

/** Reads SMTP_URL; what is wrong with it is added to `faults`, without its values. */
export function readSmtpUrl(text: string | undefined, faults: string[]): MailConfig {
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
  const unknown = [...url.searchParams.keys()].filter((name) => !(name in PARAMETERS));
  if (unknown.length > 0)
    faults.push(
      `SMTP_URL parameter ${unknown.join(', ')} is unknown: there are ${Object.keys(PARAMETERS).join(', ')}`,
    );
  const read = (name: keyof typeof PARAMETERS) => readParameter(name, url.searchParams.get(name), faults);
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    auth: url.username
      ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      : null,
    connections: read('connections') ?? 10,
    depth: read('depth') ?? 1,
    rate: read('rate'),
    weight: read('weight') ?? 1,
  };
}

/** What each query parameter must be. */
const PARAMETERS = {
  connections: {
    must: 'a whole number from 1',
    fits: (value: number) => Number.isInteger(value) && value >= 1,
  },
  depth: {
    must: 'a whole number from 1 to 1000',
    fits: (value: number) => Number.isInteger(value) && value >= 1 && value <= 1000,
  },
  rate: { must: 'messages a second, a number above 0', fits: isAboveZero },
  weight: { must: 'a number above 0', fits: isAboveZero },
} as const;

function isAboveZero(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/** Null where it is not given. */
function readParameter(name: keyof typeof PARAMETERS, text: string | null, faults: string[]): number | null {
  if (text === null) return null;
  const { must, fits } = PARAMETERS[name];
  const value = Number(text);
  if (!fits(value)) faults.push(`SMTP_URL parameter ${name} must be ${must}`);
  return value;
}
