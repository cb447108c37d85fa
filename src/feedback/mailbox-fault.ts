import { z } from 'zod';
import { MINUTE_MS } from '../clock.ts';
import type { BounceMailbox } from '../config/imap-url.ts';
import { hideAddresses } from '../replies/hide-addresses.ts';

/** Why a mailbox cannot be read, for the operator; without user and password. */
export interface MailboxFault {
  readonly reason: string;
  /** Servers lock those out who try a wrong password again and again. */
  readonly leastWaitMs: number;
}

/** What imapflow and node:net tell of a fault. */
const told = z.object({
  message: z.string().default(''),
  code: z.string().optional(),
  responseText: z.string().optional(),
  authenticationFailed: z.boolean().optional(),
  mailboxMissing: z.boolean().optional(),
});

/** OpenSSL's words name a thread, another at each try. */
const TLS_CODE = /^(?:ERR_SSL|EPROTO)/;
/** Verification errors as Node names them (`X509_V_ERR_...` without its beginning), and its own of a wrong name. */
const CERTIFICATE_CODE = /CERT|^UNABLE_TO_VERIFY/;

export function mailboxFault(error: unknown, mailbox: BounceMailbox): MailboxFault {
  const { data } = told.safeParse(error);
  const where = `${mailbox.host}:${mailbox.port}`;
  // somebody must correct a variable: no hurry
  const wrong = (reason: string) => ({ reason: `${where} ${reason}`, leastWaitMs: MINUTE_MS });
  const code = data?.code ?? '';
  if (data?.authenticationFailed) return wrong('refuses the user or the password of BOUNCE_IMAP_URL');
  if (data?.mailboxMissing) return wrong(`has no mailbox "${mailbox.folder}": correct BOUNCE_IMAP_URL`);
  if (TLS_CODE.test(code))
    return wrong(`does not speak TLS as it is asked to (${code}): imap:// or imaps://?`);
  if (CERTIFICATE_CODE.test(code)) return wrong(`has a certificate that is not trusted (${code})`);
  // Dovecot adds how long it thought
  const said = data?.responseText?.replace(/ \([\d.+ ]+ secs\)\.?$/, '');
  const words = said || data?.message || code;
  return { reason: hideAddresses(`${where}: ${words || 'unknown'}`).slice(0, 300), leastWaitMs: 0 };
}
