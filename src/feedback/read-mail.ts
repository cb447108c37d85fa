import { unreachable } from '../result.ts';
import type { BounceAddresses, MailedRow } from '../tokens/bounce-address.ts';
import { readHeaders } from './bounce-mail/mail-headers.ts';
import type { ReportedRecipient } from './bounce-mail/reported-recipient.ts';
import type { Traces } from './bounce-mail/traces.ts';
import { type UnderstoodMail, understandMail } from './bounce-mail/understand.ts';
import { diagnostic, IGNORED, type Report, type ReportedEvent } from './reported-event.ts';

/** `unsubscribe`: a reader's wish to leave, whatever else the mail is. */
export type MailKind = UnderstoodMail['kind'] | 'unsubscribe';

/**
 * A mail that came back as one event: each of our mails goes to one reader. Anybody can write such a mail, so only what
 * nobody else could know says whom it is about: the sealed address that it came to, the sealed envelope sender and our
 * Message-ID in what is returned. The address that it names or comes from, and the envelope id, are not believed.
 *
 * @param id of the mail in the inbox.
 * @param bounces null where no BOUNCE_DOMAIN is set.
 */
export function readMail(
  body: Buffer,
  id: string,
  bounces: BounceAddresses | null,
): { readonly events: readonly ReportedEvent[]; readonly kind: MailKind } {
  const mail = understandMail(body);
  const read = (name: 'read' | 'readLeave') => sealedRow(mail.traces, (address) => bounces?.[name](address));
  const leaver = read('readLeave');
  const about = leaver
    ? { row: leaver, message_id: null }
    : { row: read('read'), message_id: mail.traces.messageId };
  const report = leaver ? wishOf(mail, body) : reportOf(mail);
  return {
    events: [{ key: id, at: null, about: { ...about, server_id: null, recipient: null }, report }],
    kind: report.kind === 'unsubscribed' ? 'unsubscribe' : mail.kind,
  };
}

function sealedRow(
  { verpCandidates }: Traces,
  read: (address: string) => MailedRow | null | undefined,
): MailedRow | null {
  for (const address of verpCandidates) {
    const row = read(address);
    if (row) return row;
  }
  return null;
}

/**
 * Whoever mails the address that List-Unsubscribe names wants to leave, whatever they write. An answer by a machine asks for
 * nothing; `auto-generated` is no answer (RFC 3834 section 5), and mail programs may say so of what they send for a person.
 */
function wishOf({ kind }: UnderstoodMail, body: Buffer): Report {
  const generated = readHeaders(body).headers.get('auto-submitted').trim().toLowerCase();
  switch (kind) {
    case 'bounce':
    case 'delayed':
      return IGNORED;
    case 'auto-reply':
      return generated.startsWith('auto-generated') ? { kind: 'unsubscribed' } : IGNORED;
    case 'complaint':
    case 'other':
      return { kind: 'unsubscribed' };
    default:
      return unreachable(kind);
  }
}

function reportOf({ kind, recipients }: UnderstoodMail): Report {
  const told = recipients.find(({ hard }) => hard) ?? recipients[0] ?? null;
  switch (kind) {
    case 'bounce':
      return told ? bounced(told) : IGNORED;
    case 'delayed':
      return { kind: 'deferred', reply: replyOf(told) };
    case 'complaint':
      return { kind: 'complained' };
    default:
      return IGNORED;
  }
}

function bounced(told: ReportedRecipient): Report {
  return { kind: 'bounced', hint: null, reply: replyOf(told), verdict: told };
}

function replyOf(told: ReportedRecipient | null) {
  return diagnostic(told?.diagnostic, { enhanced: told?.status ?? null });
}
