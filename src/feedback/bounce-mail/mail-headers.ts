import { decodeText, decodeWords } from './charsets.ts';

/** A mail's or part's header fields, names in lower case, unfolded, as they came otherwise. */
export interface MailHeaders {
  /** The first field of that name, decoded (RFC 2047); '' where there is none. */
  get(name: string): string;
  all(name: string): readonly string[];
}

/** A hostile mail has a million fields; a real one a hundred. */
const MOST_FIELDS = 500;
const LONGEST_FIELD = 8_000;
const LONGEST_HEADER = 256 * 1024;

const FIELD = /^([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)$/s;

/** Where the header ends and the body starts: the first empty line, or the end. */
export interface HeaderSpan {
  readonly headers: MailHeaders;
  /** Offset of the body's first byte. */
  readonly body: number;
}

export function readHeaders(raw: Buffer): HeaderSpan {
  const end = endOfHeader(raw);
  return {
    headers: parseHeaders(decodeText(raw.subarray(0, Math.min(end.header, LONGEST_HEADER)), null)),
    body: end.body,
  };
}

/** Fields out of text, such as the returned message that qmail prints below its words. */
export function parseHeaders(text: string): MailHeaders {
  const fields = new Map<string, string[]>();
  for (const line of unfold(text)) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (!name) continue;
    const key = name.toLowerCase();
    fields.set(key, [...(fields.get(key) ?? []).slice(0, 50), value.trim()]);
  }
  return {
    get: (name) => decodeWords(fields.get(name)?.[0] ?? ''),
    all: (name) => (fields.get(name) ?? []).map(decodeWords),
  };
}

/** Field lines with their continuations (RFC 5322 section 2.2.3), the first few hundred. */
export function unfold(text: string): readonly string[] {
  const lines: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/, MOST_FIELDS * 4)) {
    const last = lines.length - 1;
    const open = lines[last];
    if (/^[ \t]/.test(line) && open !== undefined) {
      if (open.length < LONGEST_FIELD) lines[last] = `${open} ${line.trim()}`;
    } else if (lines.length < MOST_FIELDS) lines.push(line.slice(0, LONGEST_FIELD));
  }
  return lines;
}

function endOfHeader(raw: Buffer): { readonly header: number; readonly body: number } {
  if (raw[0] === 10) return { header: 0, body: 1 };
  if (raw[0] === 13 && raw[1] === 10) return { header: 0, body: 2 };
  const unix = raw.indexOf('\n\n');
  const dos = raw.indexOf('\n\r\n');
  if (unix < 0 && dos < 0) return { header: raw.length, body: raw.length };
  return dos >= 0 && (unix < 0 || dos < unix)
    ? { header: dos, body: dos + 3 }
    : { header: unix, body: unix + 2 };
}
