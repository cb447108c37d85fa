import { addressesIn, distinct } from './addresses.ts';
import { isAutoReply } from './auto-reply.ts';
import { complains, readComplaint, returnedMessages } from './complaint.ts';
import { type DeliveryStatus, readDeliveryStatus, type StatusRecipient } from './delivery-status.ts';
import { fromMailServer, isForwarded, kindOfWords } from './mail-origin.ts';
import { type MailPart, ownParts, readMail } from './mail-parts.ts';
import { namedRecipients, wordsAbout } from './notice-recipients.ts';
import { type NoticeText, readNotice } from './notice-text.ts';
import {
  judgeStatus,
  judgeWords,
  namedIn,
  onlyWaiting,
  type ReportedRecipient,
} from './reported-recipient.ts';
import { readSnsMail } from './sns-mail.ts';
import { findTraces, returnedHeaders, type Traces } from './traces.ts';

/**
 * What came to a bounce address. `delayed` is a warning and no end; `complaint` is a reader's word; `other` is kept
 * and shown to a person.
 */
export interface UnderstoodMail {
  readonly kind: 'bounce' | 'delayed' | 'complaint' | 'auto-reply' | 'other';
  readonly recipients: readonly ReportedRecipient[];
  readonly traces: Traces;
}

type Understood = Omit<UnderstoodMail, 'traces'>;

/**
 * Reads a mail that came back. Never throws, and its work is bounded whatever the mail. A DSN is looked for first, then a
 * feedback report, then the words of mail servers that write neither, and only then an auto-reply: real DSNs
 * carry `Auto-Submitted: auto-replied` as well.
 *
 * @param raw at most 25 MB
 */
export function understandMail(raw: Buffer): UnderstoodMail {
  const mail = readMail(raw);
  const notice = readNotice(mail);
  const traces = (envelopeId: string | null) => findTraces(mail, envelopeId, notice.returned);
  const report = deliveryReport(mail, notice);
  if (report) return { ...understandReport(mail, notice, report), traces: traces(report.envelopeId) };
  const complaint = readComplaint(mail);
  if (complaint) {
    const recipients = complaint.recipients.map((address) => namedIn(address, `feedback: ${complaint.type}`));
    return {
      kind: complains(complaint) ? 'complaint' : 'other',
      recipients,
      traces: traces(complaint.envelopeId),
    };
  }
  return { ...understandWords(mail, notice), traces: traces(null) };
}

const READ_TO = 128 * 1024;

/** The report as a part of its own, or, where the framing is broken or old, in the text. */
function deliveryReport(mail: MailPart, notice: NoticeText): DeliveryStatus | null {
  const parts = ownParts(mail).filter(({ contentType }) =>
    /^message\/(?:global-)?delivery-status$/.test(contentType.type),
  );
  const inText = fromMailServer(mail) || isForwarded(mail.headers);
  if (parts.length === 0 && !inText) return reportedBySns(mail);
  const text = parts.length > 0 ? parts.map((part) => part.text(READ_TO)).join('\n\n') : notice.whole;
  const report = readDeliveryStatus(text);
  return report.recipients.length > 0 ? report : null;
}

function reportedBySns(mail: MailPart): DeliveryStatus | null {
  const notification = readSnsMail(mail);
  return notification?.kind === 'bounce' ? notification.report : null;
}

function understandReport(mail: MailPart, notice: NoticeText, report: DeliveryStatus): Understood {
  const told = report.recipients.filter(({ action }) => action === 'failed' || action === 'delayed');
  if (told.length === 0) return { kind: 'other', recipients: [] };
  const all = once(told).map((recipient) => ({
    ...recipient,
    address: recipient.address || returnedTo(mail, notice),
  }));
  const addresses = all.map(({ address }) => address);
  const recipients = all.map((recipient) => {
    const judged = judgeStatus(recipient, wordsAbout(notice.words, recipient.address, addresses));
    return recipient.action === 'delayed' ? onlyWaiting(judged) : judged;
  });
  return { kind: told.some(({ action }) => action === 'failed') ? 'bounce' : 'delayed', recipients };
}

/** Sendmail reports an address again for each alias on its way: the last word counts. */
function once(recipients: readonly StatusRecipient[]): readonly StatusRecipient[] {
  const named = recipients.map(
    (recipient, index) => [recipient.address.toLowerCase() || index, recipient] as const,
  );
  return [...new Map(named).values()];
}

function understandWords(mail: MailPart, notice: NoticeText): Understood {
  const kind = kindOfWords(mail, notice);
  if (kind === null) return understandRest(mail);
  const named = recipientsOfWords(mail, notice);
  const enclosed = named.length === 0 ? enclosedReport(mail) : null;
  if (enclosed) return enclosed;
  const addresses = named.length > 0 ? named : [returnedTo(mail, notice)];
  const recipients = addresses.map((address) =>
    judgeWords(address, wordsAbout(notice.words, address, addresses)),
  );
  return { kind, recipients: kind === 'delayed' ? recipients.map(onlyWaiting) : recipients };
}

function understandRest({ headers }: MailPart): Understood {
  if (!isAutoReply(headers)) return { kind: 'other', recipients: [] };
  const sender = addressesIn(headers.get('from')).slice(0, 1);
  return { kind: 'auto-reply', recipients: sender.map((address) => namedIn(address, 'automatic reply')) };
}

/** A gateway wraps another server's report whole, and says nothing of its own. */
function enclosedReport(mail: MailPart): Understood | null {
  for (const enclosed of returnedMessages(mail)) {
    const notice = readNotice(enclosed);
    const report = deliveryReport(enclosed, notice);
    if (report) return understandReport(enclosed, notice, report);
  }
  return null;
}

/** X-Failed-Recipients is written by Exim, Gmail and Mail.ru; else the words name them. */
function recipientsOfWords(mail: MailPart, notice: NoticeText): readonly string[] {
  const failed = mail.headers.all('x-failed-recipients').flatMap(addressesIn);
  if (failed.length > 0) return distinct(failed);
  const besides = ['to', 'from', 'delivered-to', 'x-original-to'].flatMap((name) =>
    addressesIn(mail.headers.get(name)),
  );
  return namedRecipients(notice.words, besides);
}

/** Whom the returned message was for: the last resort. */
function returnedTo(mail: MailPart, notice: NoticeText): string {
  const returned = [...returnedHeaders(mail), ...(notice.returned ? [notice.returned] : [])];
  return returned.flatMap((headers) => addressesIn(headers.get('to')))[0] ?? '';
}
