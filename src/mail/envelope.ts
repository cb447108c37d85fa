import { isAscii } from 'node:buffer';
import { domainToASCII } from 'node:url';
import type { OutgoingMessage } from './attempt.ts';
import type { Offers } from './offers.ts';
import { type Refusal, refusedHere } from './verdict.ts';

/** The lines that go before a message, each with its CRLF. */
export interface Envelope {
  readonly kind: 'envelope';
  readonly mail: string;
  readonly rcpt: string;
}

/** A path has 256 octets with its brackets (RFC 5321 section 4.5.3.1.3). */
const LONGEST_ADDRESS_BYTES = 254;
/** ENVID (RFC 3461 section 4.4) */
const LONGEST_ENVID = 100;

/** MAIL and RCPT for this message with what the server offers; or why it cannot be said to this server. */
export function envelopeOf(message: OutgoingMessage, offers: Offers): Envelope | Refusal {
  const { raw } = message;
  const from = message.from === '' ? '' : wireAddress(message.from);
  const to = wireAddress(message.to);
  if (from === null || to === null || to === '')
    return refusedHere(553, '5.1.3', `not an address: ${from === null ? 'sender' : 'recipient'}`);
  const { bytes, plain, plainHead } = charsetOf(raw);
  if (offers.size !== null && offers.size > 0 && bytes > offers.size)
    return refusedHere(552, '5.3.4', `the message has ${bytes} bytes, the server takes ${offers.size}`);
  const international = !isPlain(from) || !isPlain(to) || !plainHead;
  if (international && !offers.smtpUtf8)
    return refusedHere(553, '5.6.7', 'it needs SMTPUTF8, which the server does not offer');
  const size = offers.size === null ? '' : ` SIZE=${bytes}`;
  const body = offers.eightBitMime && (!plain || international) ? ' BODY=8BITMIME' : '';
  const utf8 = international ? ' SMTPUTF8' : '';
  const [ret, notify] = offers.dsn && message.envid ? reportOn(message.envid, to) : ['', ''];
  return {
    kind: 'envelope',
    mail: `MAIL FROM:<${from}>${size}${body}${utf8}${ret}\r\n`,
    rcpt: `RCPT TO:<${to}>${notify}\r\n`,
  };
}

/**
 * The address as it stands between the brackets, its domain in ASCII. Null where it would end the line or the
 * brackets, or is longer than a server must read.
 */
function wireAddress(address: string): string | null {
  if (UNSAFE.test(address) || !address.isWellFormed()) return null;
  const written = isPlain(address) ? address : withAsciiDomain(address);
  return written === null || Buffer.byteLength(written) > LONGEST_ADDRESS_BYTES ? null : written;
}

const UNSAFE = /[\p{Cc}\u2028\u2029<>]/u;
const BEYOND_ASCII = /[\u0080-\uffff]/;

function isPlain(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

function withAsciiDomain(address: string): string | null {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  const ascii = isPlain(domain) ? domain : domainToASCII(domain);
  return ascii === '' ? null : address.slice(0, at) + ascii;
}

/** Its size, and where it is ASCII alone. */
function charsetOf(raw: OutgoingMessage['raw']) {
  if (!Buffer.isBuffer(raw)) return { bytes: raw.bytes, plain: raw.ascii, plainHead: raw.ascii };
  const plain = isAscii(raw);
  return { bytes: raw.length, plain, plainHead: plain || isAscii(headersOf(raw)) };
}

function headersOf(raw: Buffer): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? raw : raw.subarray(0, end);
}

/**
 * Asks for a report on failure and delay, with the headers alone: what RFC 3461 calls RET, ENVID, NOTIFY and ORCPT.
 * An address in UTF-8 has another form there (RFC 6533 section 3) that few servers read, and goes without.
 */
function reportOn(envid: string, to: string): readonly [string, string] {
  const original = isPlain(to) ? ` ORCPT=rfc822;${xtext(to)}` : '';
  return [` RET=HDRS ENVID=${xtext(envid.slice(0, LONGEST_ENVID))}`, ` NOTIFY=FAILURE,DELAY${original}`];
}

/** xtext (RFC 3461 section 4): what is not printable ASCII, "+" and "=" as "+" and two hexadecimal digits. */
function xtext(text: string): string {
  return text.replace(/[^!-*,-<>-~]/gu, (sign) =>
    [...Buffer.from(sign)].map((byte) => `+${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
