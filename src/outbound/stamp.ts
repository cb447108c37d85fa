import { createHash } from 'node:crypto';
import type { WireText } from '../mail/wire-text.ts';
import type { Signer } from './dkim.ts';
import { bodyHasher } from './dkim-canonical.ts';
import {
  headerLine,
  headerText,
  listPhrase,
  listUnsubscribe,
  type Mailbox,
  mailbox,
  unfoldedLine,
  type WaysToLeave,
} from './header.ts';
import { quotedPrintable, SOFT_BREAK } from './quoted-printable.ts';

/** A part that is shorter leaves with what stands around it. */
const SHORT = 512;

/** Text with holes: what stands in a hole differs from reader to reader. */
export type Template<Slot extends string> = readonly (string | { readonly slot: Slot })[];

/** A letter as all its readers get it. */
export interface Letter<Slot extends string> {
  readonly from: Mailbox;
  readonly reply_to: string | null;
  readonly subject: string;
  readonly text: Template<Slot>;
  readonly html: Template<Slot>;
  /** How a value is written into HTML. */
  readonly escapeHtml: (value: string) => string;
  readonly list: { readonly id: string; readonly name: string };
  readonly feedback_id: string;
}

/** What makes it one reader's. */
export interface Stamp<Slot extends string> extends WaysToLeave {
  readonly to: Mailbox;
  /** With its angle brackets. */
  readonly message_id: string;
  readonly date: Date;
  readonly values: Readonly<Record<Slot, string>>;
}

/** A piece of the message: encoded once, or written anew for each reader. */
type Segment<Slot extends string> = string | ((stamp: Stamp<Slot>) => string);

/**
 * Compiles a letter into encoded segments, once for a send; the function it answers joins them with one
 * reader's values to a message as it goes over the wire: signed if there is a signer, multipart/alternative, text
 * first, quoted-printable, CRLF, no line above 998 characters and none that begins with a dot.
 */
export function compileLetter<Slot extends string>(
  letter: Letter<Slot>,
  signer: Signer | null,
): (stamp: Stamp<Slot>) => Promise<WireText> {
  const boundary = boundaryOf(letter);
  const head = compileHead(letter, boundary);
  const body = parted([
    partHead(boundary, 'text/plain'),
    ...encoded(letter.text, (value) => value),
    `\r\n${partHead(boundary, 'text/html')}`,
    ...encoded(letter.html, letter.escapeHtml),
    `\r\n--${boundary}--\r\n`,
  ]);
  const join = joiner(body.parts);
  const hashOf = signer && bodyHasher(body.parts);
  return async (stamp) => {
    const fields = head(stamp);
    const values = body.writers.map((write) => write(stamp));
    const signatures = hashOf ? await signer.sign(fields, hashOf(values), stamp.date) : '';
    return join(`${signatures}${fields}\r\n`, values);
  };
}

/** Puts one reader's own before and between what is common to all of them, which is encoded once. */
function joiner(texts: readonly string[]) {
  const parts = texts.map((text) => (text.length < SHORT ? text : Buffer.from(text)));
  const common = texts.reduce((bytes, text) => bytes + text.length, 0);
  return (head: string, values: readonly string[]): WireText => {
    const headBytes = Buffer.byteLength(head);
    const pieces: (Buffer | string)[] = [head];
    let bytes = common + headBytes;
    for (const [index, part] of parts.entries()) {
      pieces.push(part);
      const value = values[index];
      if (value === undefined) continue;
      pieces.push(value);
      bytes += value.length;
    }
    return { pieces, bytes, ascii: headBytes === head.length };
  };
}

function compileHead<Slot extends string>(letter: Letter<Slot>, boundary: string) {
  const { from, reply_to, subject, list, feedback_id } = letter;
  const fixed = [
    headerLine('From', mailbox(from)),
    reply_to ? headerLine('Reply-To', mailbox({ name: '', address: reply_to })) : '',
    headerLine('Subject', headerText(subject)),
    unfoldedLine('List-Id', `${listPhrase(list.name)}<${list.id}>`),
    unfoldedLine('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'),
    unfoldedLine('Feedback-ID', feedback_id),
    'MIME-Version: 1.0\r\n',
    `Content-Type: multipart/alternative; boundary="${boundary}"\r\n`,
  ].join('');
  return ({ to, message_id, date, unsubscribe_url, unsubscribe_mail }: Stamp<Slot>) =>
    [
      fixed,
      headerLine('To', mailbox(to)),
      unfoldedLine('Message-ID', message_id),
      unfoldedLine('Date', rfc5322Date(date)),
      unfoldedLine('List-Unsubscribe', listUnsubscribe({ unsubscribe_url, unsubscribe_mail })),
    ].join('');
}

/** Segments as what is common to all readers, and what is written for one between each two parts of it. */
function parted<Slot extends string>(segments: readonly Segment<Slot>[]) {
  const parts = [''];
  const writers: ((stamp: Stamp<Slot>) => string)[] = [];
  for (const segment of segments) {
    if (typeof segment === 'string') {
      parts[parts.length - 1] += segment;
    } else {
      writers.push(segment);
      parts.push('');
    }
  }
  return { parts, writers };
}

/** "Mon, 23 Nov 2026 08:00:00 +0000": RFC 5322 section 3.3 knows "GMT" as obsolete only. */
function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

function partHead(boundary: string, type: string): string {
  return `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
}

/** Each piece begins and ends outside of white space, in which a signature's hash may not be parted. */
function encoded<Slot extends string>(
  template: Template<Slot>,
  encode: (value: string) => string,
): Segment<Slot>[] {
  return template.map((piece, at): Segment<Slot> => {
    const before = at === 0 ? '' : SOFT_BREAK;
    if (typeof piece === 'string') return before + quotedPrintable(piece);
    return ({ values }) => before + quotedPrintable(encode(values[piece.slot]));
  });
}

/** The same letter has the same boundary; with `=_` in it no quoted-printable line can be one. */
function boundaryOf<Slot extends string>({ subject, html, text }: Letter<Slot>): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([subject, html, text]))
    .digest('hex');
  return `=_${digest.slice(0, 32)}`;
}
