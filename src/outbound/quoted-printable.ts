import { encode, wrap } from 'nodemailer/lib/qp';

/** RFC 2045 section 6.7: lines of at most 76 characters, the `=` of a soft break included. */
const LINE = 76;

/**
 * Text as quoted-printable lines (CRLF) without a line break at the end. A dot that begins a line is encoded,
 * so the result is the same before and after dot-stuffing (RFC 5321 section 4.5.2).
 */
export function quotedPrintable(text: string): string {
  const encoded = encode(Buffer.from(text.replace(/\r\n?|\n/g, '\r\n')));
  return wrap(encoded, LINE - 2).replace(/^\./gm, '=2E');
}

/** Joins pieces that were encoded apart: each begins on a line of its own, which no reader sees. */
export const SOFT_BREAK = '=\r\n';
