import { type MailHeaders, parseHeaders } from './mail-headers.ts';
import { isForwarded } from './mail-origin.ts';
import { isMessage, type MailPart, ownParts } from './mail-parts.ts';

/** What a mail says in words, up to the message that it returns. */
export interface NoticeText {
  /** Lines of words, without those of the returned message. */
  readonly words: string;
  /** All that was read, for reports that stand in the text instead of in a part. */
  readonly whole: string;
  /** The header of the returned message where it is printed below the words; null where none is. */
  readonly returned: MailHeaders | null;
}

/** Reports are short; the returned message below may have 25 MB. */
const READ_TO = 48 * 1024;
const MOST_TEXT_PARTS = 6;

export function readNotice(mail: MailPart): NoticeText {
  const parts = ownParts(mail).filter((part) => part.children.length === 0 && !isMessage(part));
  const plain = texts(parts, 'text/plain');
  const read = (plain.trim() === '' ? htmlToText(texts(parts, 'text/html')) : plain).slice(0, READ_TO);
  const whole = isForwarded(mail.headers) ? read.replace(/^>{1,4} ?/gm, '') : read;
  const lines = whole.split(/\r\n|\n|\r/);
  const cut = lines.findIndex((line, index) => index > 0 && startsReturned(line));
  if (cut < 0) return { words: inOwnWords(lines), whole, returned: null };
  const below = lines.slice(cut).filter((line, index) => index > 0 || FIELD_LINE.test(line));
  return { words: inOwnWords(lines.slice(0, cut)), whole, returned: printedHeaders(below) };
}

/** Exchange, Notes and others repeat the letter's subject, which may be "Free of spam and viruses". */
const SUBJECT_LINE =
  /^[\s>*|]{0,20}(?:the message )?(?:subject|betreff|objet|asunto|oggetto|assunto|onderwerp|тема|件名|主题|主旨)(?: was| is)?\s{0,10}[:：]/i;

function inOwnWords(lines: readonly string[]): string {
  return lines.filter((line) => !SUBJECT_LINE.test(line)).join('\n');
}

function texts(parts: readonly MailPart[], type: string): string {
  return parts
    .filter(
      ({ contentType, headers }) =>
        contentType.type === type || (type === 'text/plain' && isBare(headers, contentType.type)),
    )
    .slice(0, MOST_TEXT_PARTS)
    .map((part) => part.text(READ_TO))
    .join('\n');
}

/** A multipart whose parts could not be found is read as text. */
function isBare(_: MailHeaders, type: string): boolean {
  return type.startsWith('multipart/');
}

/** Lines above a returned message, lower case, without the dashes around them. */
const MARKERS: readonly string[] = [
  'this is a copy of the message', // Exim
  'this is a copy of your message',
  'the body of the message is',
  'below this line is a copy of the message', // qmail, Yahoo
  'below this line is the original',
  'the header of the original message is following', // GMX, 1&1
  'below is a copy of the original message', // OpenSMTPD
  'original message follows', // iMail, X2
  'original message headers', // Exchange
  'original message header',
  'original message:',
  'original message -',
  'original message',
  'message headers follow', // dma
  'message header follows',
  'unsent message follows', // Sendmail 5
  'returned message follows',
  'message follows',
  'original mail follows',
  'returned message',
  'undelivered message',
  'forwarded message',
  'message header',
  'included is a copy of the message',
  'content of the original message',
  'headers of the original message',
  'end of message', // Yandex, others
  'ursprüngliche nachricht',
];

const FIELD_LINE = /^[!-9;-~]{1,60}:/;

/** A header has begun where one of these stands at a line's start. */
const RETURNED_FIELD =
  /^(?:Received|Return-Path|DKIM-Signature|Message-ID|X-Received|X-Originating-IP|MIME-Version)\s{0,3}:/i;

function startsReturned(line: string): boolean {
  if (RETURNED_FIELD.test(line)) return true;
  const bare = line
    .slice(0, 120)
    .replace(/^[\s\-=*>_.|#]+/, '')
    .toLowerCase();
  return MARKERS.some((marker) => bare.startsWith(marker));
}

function printedHeaders(lines: readonly string[]): MailHeaders | null {
  const start = lines.findIndex((line) => FIELD_LINE.test(line));
  if (start < 0) return null;
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => line.trim() === '');
  return parseHeaders(rest.slice(0, end < 0 ? undefined : end).join('\n'));
}

/** The words of an HTML page: tags become line ends, styles and scripts go. One pass. */
export function htmlToText(html: string): string {
  let hidden = false;
  const words = html.split('<').map((piece, index) => {
    const close = piece.indexOf('>');
    if (index === 0 || close < 0) return index === 0 ? piece : `<${piece}`;
    const tag = piece.slice(0, 20).toLowerCase();
    if (/^\/?(?:style|script|title)\b/.test(tag)) hidden = !tag.startsWith('/');
    const after = hidden ? '' : piece.slice(close + 1);
    return /^\/?(?:p|br|div|tr|td|li|h\d|table|pre)\b/.test(tag) ? `\n${after}` : after;
  });
  return words
    .join('')
    .replace(
      /&(lt|gt|amp|quot|nbsp|#39|#x?[0-9a-f]{1,6});/gi,
      (_, name: string) => ENTITIES[name.toLowerCase()] ?? ' ',
    );
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };
