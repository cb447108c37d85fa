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
