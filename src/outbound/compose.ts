import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { listPhrase, listUnsubscribe, type Mailbox, type WaysToLeave } from './header.ts';

export interface MessageFields {
  readonly from: Mailbox;
  readonly reply_to: string | null;
  readonly to: Mailbox;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** With its angle brackets. */
  readonly message_id: string;
  readonly date: Date;
  /** A letter's list; null for a notice that is none. */
  readonly list: ListFields | null;
  /** Gmail's Feedback-ID, see {@link feedbackId}; null for notices. */
  readonly feedback_id: string | null;
  /** RFC 3834: mail that no person wrote just now. Never on letters. */
  readonly auto_submitted: boolean;
}

export interface ListFields extends WaysToLeave {
  /** See {@link listId}. */
  readonly id: string;
  readonly name: string;
}

/**
 * The whole message as it goes over the wire: multipart/alternative, text first, CRLF line ends.
 * Line breaks in any field are made harmless by nodemailer's MIME writer.
 */
export function composeMessage(fields: MessageFields): Promise<Buffer> {
  const mail = new MailComposer({
    from: fields.from,
    to: fields.to.name ? fields.to : fields.to.address,
    ...(fields.reply_to ? { replyTo: fields.reply_to } : {}),
    subject: fields.subject,
    text: withCrlf(fields.text),
    html: withCrlf(fields.html),
    messageId: fields.message_id,
    date: fields.date,
    headers: [
      ...listHeaders(fields),
      ...(fields.auto_submitted ? [{ key: 'Auto-Submitted', value: 'auto-generated' }] : []),
    ],
  });
  const node = mail.compile();
  return new Promise((resolve, reject) => {
    node.build((error, message) => (error ? reject(error) : resolve(message)));
  });
}

/** RFC 5322 section 2.3: CR and LF stand together only. */
function withCrlf(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

/** RFC 2369, RFC 2919, RFC 8058; `prepared` keeps the address in one piece. */
function listHeaders({
  list,
  feedback_id,
}: MessageFields): { key: string; value: { prepared: true; value: string } }[] {
  const headers: [string, string][] = [];
  if (list) {
    headers.push(
      ['List-Id', `${listPhrase(list.name)}<${list.id}>`],
      ['List-Unsubscribe', listUnsubscribe(list)],
      ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    );
  }
  if (feedback_id) headers.push(['Feedback-ID', feedback_id]);
  return headers.map(([key, value]) => ({ key, value: { prepared: true, value } }));
}

/** RFC 2919: a label under a domain that the sender controls, stable when the press moves to another host. */
export function listId(slug: string, fromAddress: string): string {
  return `${slug}.${domainOf(fromAddress)}`;
}

/**
 * Gmail's Feedback-ID `issue:publication:kind:sender`; the sender part has 5 to 15 characters and is constant,
 * and no part names a reader (support.google.com/mail/answer/6254652).
 */
export function feedbackId(issue: string, publication: string, fromAddress: string): string {
  const sender = domainOf(fromAddress)
    .replace(/[^a-z0-9]/gi, '')
    .slice(0, 15)
    .padEnd(5, 'x');
  return [issue, publication, 'letter', sender].join(':');
}

/**
 * A Message-ID that follows from the row alone, so that a second copy is recognised by whoever gets both.
 *
 * @param row such as `d7.1234` (send 7, subscriber 1234) or `n12`.
 * @param key made of the installation's salt, so that ids cannot be guessed; a key object, because node:crypto takes
 *   five times as long with the bytes.
 */
export function messageId(row: string, key: KeyObject, fromAddress: string): string {
  return `<${row}.${macOf(row, key)}@${domainOf(fromAddress)}>`;
}

const MESSAGE_ID = /^<?((?:d\d{1,15}\.|n)\d{1,15})\.([0-9a-f]{16})@[^\s<>@]{1,255}>?$/;

/** The row that a {@link messageId} was made of; null for one that this press did not make. */
export function readMessageId(text: string, key: KeyObject): string | null {
  const [, row, mac] = MESSAGE_ID.exec(text.trim()) ?? [];
  if (row === undefined || mac === undefined) return null;
  return timingSafeEqual(Buffer.from(macOf(row, key)), Buffer.from(mac)) ? row : null;
}

function macOf(row: string, key: KeyObject): string {
  return createHmac('sha256', key).update(`message-id\0${row}`).digest('hex').slice(0, 16);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
