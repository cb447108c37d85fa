import type { BounceAddresses, MailedRow } from '../tokens/bounce-address.ts';
import type { ReportedRecipient } from './bounce-mail/reported-recipient.ts';
import type { Traces } from './bounce-mail/traces.ts';
import { type UnderstoodMail, understandMail } from './bounce-mail/understand.ts';
import { diagnostic, IGNORED, type Report, type ReportedEvent } from './reported-event.ts';

/**
 * A mail to the bounce address as one event: each of our mails goes to one reader. Anybody can write such a mail, so only
 * what nobody else could know says whom it is about: the sealed envelope sender, and our Message-ID in what is returned. The
 * address that it names, and the envelope id, are not believed.
 *
 * @param id of the mail in the inbox.
 * @param bounces null where no BOUNCE_DOMAIN is set.
 */
export function readMail(
  body: Buffer,
  id: string,
  bounces: BounceAddresses | null,
): readonly ReportedEvent[] {
  const mail = understandMail(body);
  const about = { row: sealedRow(mail.traces, bounces), message_id: mail.traces.messageId };
  return [
    { key: id, at: null, about: { ...about, server_id: null, recipient: null }, report: reportOf(mail) },
  ];
}

function sealedRow({ verpCandidates }: Traces, bounces: BounceAddresses | null): MailedRow | null {
  if (bounces === null) return null;
  for (const address of verpCandidates) {
    const row = bounces.read(address);
    if (row) return row;
  }
  return null;
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
