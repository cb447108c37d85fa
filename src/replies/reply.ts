/** A server's reply: RFC 5321 section 4.2, with the enhanced code of RFC 2034 where it has one. */
export interface Reply {
  readonly code: number;
  /** Such as "5.1.1", RFC 3463. */
  readonly enhanced: string | null;
  /** The text without its codes, continuation lines joined by a space. */
  readonly text: string;
}

const LINE = /^(\d{3})(?:[ -](?:([245]\.\d{1,3}\.\d{1,3})(?:\s+|$))?(.*))?$/s;

/** Longer than a reply's line may be (512 octets, RFC 5321 section 4.5.3.1.5); some servers write pages. */
const LONGEST_TEXT = 500;

/** A stranger's text, fit for a column, a log and a page: one line, without control characters, not endless. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TEXT)
    .toWellFormed();
}

/** Reads a reply as it came over the wire (lines split by \n); a reply that is none has code 0. */
export function parseReply(raw: string): Reply {
  const lines = raw.split(/\r?\n/).map((line) => LINE.exec(line));
  const [first] = lines;
  if (!first) return { code: 0, enhanced: null, text: oneLine(raw) };
  const text = lines.map((line) => line?.[3]?.trim() ?? '').filter(Boolean);
  return { code: Number(first[1]), enhanced: first[2] ?? null, text: oneLine(text.join(' ')) };
}

/** One line again, for receipts and logs: "550 5.1.1 No such user". */
export function showReply({ code, enhanced, text }: Reply): string {
  return [code || null, enhanced, text].filter(Boolean).join(' ');
}
