import { addressesIn, distinct, fieldAddress } from './addresses.ts';
import { parseHeaders } from './mail-headers.ts';
import { isMessage, type MailPart, ownParts } from './mail-parts.ts';
import { readSnsMail } from './sns-mail.ts';

/** A reader's word through the provider: RFC 5965 feedback reports and what looked like them before. */
export interface Complaint {
  /** Feedback-Type: `abuse`, `fraud`, `virus`, `opt-out`, `other`; `auth-failure` and `not-spam` are no complaints. */
  readonly type: string;
  /** Often redacted or missing: then our own addresses and headers in the returned message tell. */
  readonly recipients: readonly string[];
  readonly envelopeId: string | null;
}

/** Types that complain of the mail; anything else reports on something else (IANA "MARF" registry). */
const COMPLAINING: readonly string[] = [
  'abuse',
  'fraud',
  'virus',
  'other',
  'opt-out',
  'opt-out-list',
  'miscategorized',
];

export function complains({ type }: Complaint): boolean {
  return COMPLAINING.includes(type);
}

/** Null where the mail is no feedback report. */
export function readComplaint(mail: MailPart): Complaint | null {
  return readReport(mail) ?? readMicrosoft(mail) ?? readApple(mail) ?? readAmazon(mail);
}

const READ_TO = 64 * 1024;

function readReport(mail: MailPart): Complaint | null {
  const reports = ownParts(mail).filter(({ contentType }) => contentType.type === 'message/feedback-report');
  if (reports.length === 0) return null;
  const fields = parseHeaders(reports.map((part) => part.text(READ_TO).trim()).join('\n'));
  const named = fields.all('original-rcpt-to').concat(fields.all('removal-recipient')).map(fieldAddress);
  const type = fields.get('feedback-type').trim().toLowerCase();
  const returned = returnedTo(mail);
  return {
    type: type || 'other',
    recipients: distinct(named.some(Boolean) ? named : returned),
    envelopeId: fields.get('original-envelope-id') || null,
  };
}

/** Microsoft's Junk Mail Reporting Program: multipart/mixed, the reader in a header of the returned message. */
function readMicrosoft(mail: MailPart): Complaint | null {
  const reader = [mail, ...returnedMessages(mail)]
    .map(({ headers }) => headers.get('x-hmxmroriginalrecipient'))
    .find((value) => value !== '');
  return reader === undefined ? null : { type: 'abuse', recipients: addressesIn(reader), envelopeId: null };
}

/** Apple Mail's unsubscribe button mails the List-Unsubscribe address; the reader asks to be left alone. */
function readApple({ headers }: MailPart): Complaint | null {
  if (!/^true$/i.test(headers.get('x-apple-unsubscribe'))) return null;
  return { type: 'opt-out', recipients: addressesIn(headers.get('from')).slice(0, 1), envelopeId: null };
}

function readAmazon(mail: MailPart): Complaint | null {
  const notification = readSnsMail(mail);
  if (notification?.kind !== 'complaint') return null;
  return { type: notification.type, recipients: notification.recipients, envelopeId: null };
}

function returnedTo(mail: MailPart): readonly string[] {
  return returnedMessages(mail)
    .flatMap(({ headers }) => addressesIn(headers.get('to')))
    .slice(0, 1);
}

/** The messages that a report encloses, whole or as their header alone. */
export function returnedMessages(mail: MailPart): readonly MailPart[] {
  return ownParts(mail).flatMap((part) => (isMessage(part) ? part.children : []));
}
