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
  const unknown = [...url.searchParams.keys()].filter((name) => name !== 'connections');
  if (unknown.length > 0)
    faults.push(`SMTP_URL parameter ${unknown.join(', ')} is not supported by this version: remove it`);
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
    depth: 1,
  };
}
