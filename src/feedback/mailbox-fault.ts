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

export function mailboxFault(error: unknown, { host, port, folder }: BounceMailbox): MailboxFault {
  const { data } = told.safeParse(error);
  const where = `${host}:${port}`;
  if (data?.authenticationFailed)
    return {
      reason: `${where} refuses the user or the password of BOUNCE_IMAP_URL`,
      leastWaitMs: MINUTE_MS,
    };
  if (data?.mailboxMissing)
    return { reason: `${where} has no mailbox "${folder}": correct BOUNCE_IMAP_URL`, leastWaitMs: MINUTE_MS };
  // Dovecot adds how long it thought
  const said = data?.responseText?.replace(/ \([\d.+ ]+ secs\)\.?$/, '');
  const words = said || [data?.message, data?.code].filter(Boolean).join(', ');
  return { reason: hideAddresses(`${where}: ${words || 'unknown'}`).slice(0, 300), leastWaitMs: 0 };
}
