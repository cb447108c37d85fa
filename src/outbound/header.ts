import { encodeWord, encodeWords, foldLines } from 'nodemailer/lib/mime-funcs';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

export interface WaysToLeave {
  /** The https address that takes RFC 8058's one-click POST. */
  readonly unsubscribe_url: string;
  /** The address that takes a mail instead; null where none comes back. */
  readonly unsubscribe_mail: string | null;
}

const LINE = 76;
/** Letters of an encoded word, so that with its frame it stays within RFC 2047's 75. */
const WORD = 52;

/** A header line with its CRLF, folded at white space. */
export function headerLine(name: string, value: string): string {
  return `${foldLines(`${name}: ${value}`, LINE)}\r\n`;
}

/** A header line that must stay in one piece: a link, an id. RFC 5322 allows 998 characters. */
export function unfoldedLine(name: string, value: string): string {
  return `${name}: ${withoutBreaks(value)}\r\n`;
}

/** Unstructured text: as it is where it is ASCII, else in encoded words (RFC 2047). */
export function headerText(text: string): string {
  return encodeWords(withoutBreaks(text), 'Q', WORD, true);
}

/** `Ada <ada@example.com>`, with the name quoted or encoded as it needs (RFC 5322 section 3.4). */
export function mailbox({ name, address }: Mailbox): string {
  const bare = withoutBreaks(address);
  const said = withoutBreaks(name).trim();
  if (said === '') return bare;
  return `${phrase(said)} <${bare}>`;
}

function phrase(name: string): string {
  if (!/^[\x20-\x7e]*$/.test(name) || name.includes('=?')) return encodeWord(name, 'Q', WORD);
  return /^[\w ]+$/.test(name) ? name : `"${name.replace(/(["\\])/g, '\\$1')}"`;
}

/**
 * The ways to leave, the preferred one first (RFC 2369 section 3.2): exactly one https address, as RFC 8058 section 3.1 asks,
 * and a mail to an address that names the reader.
 */
export function listUnsubscribe({ unsubscribe_url, unsubscribe_mail }: WaysToLeave): string {
  const mail = unsubscribe_mail === null ? '' : `, <mailto:${unsubscribe_mail}?subject=unsubscribe>`;
  return `<${unsubscribe_url}>${mail}`;
}

/** An id is enough to know a list by; a name that is not ASCII is left out (RFC 2919 section 2). */
export function listPhrase(name: string): string {
  return /^[\x20-\x7e]+$/.test(name) ? `"${name.replace(/(["\\])/g, '\\$1')}" ` : '';
}

/** A line break in a value would begin a header of somebody else's choosing; no control character belongs there. */
function withoutBreaks(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
