import { decodeText, decodeTransfer } from './charsets.ts';
import { type ContentType, readContentType } from './content-type.ts';
import { type MailHeaders, readHeaders } from './mail-headers.ts';

/** A mail or a part of one. A small reader of our own, since reports are nested, cut short and badly framed. */
export interface MailPart {
  readonly headers: MailHeaders;
  readonly contentType: ContentType;
  /** Parts of a multipart; the one message inside of a message/rfc822. */
  readonly children: readonly MailPart[];
  /** Its text, decoded; at most so many bytes of it are read. */
  text(limit: number): string;
}

/** How deep and wide a mail is read. Real reports have 4 levels and 10 parts. */
const DEEPEST = 8;
const MOST_PARTS = 60;
const MOST_BOUNDARY_HITS = 5_000;

export function readMail(raw: Buffer): MailPart {
  return readPart(raw, 0, { left: MOST_PARTS });
}

/** Every part, the mail itself first, but not what is inside of returned messages. */
export function ownParts(part: MailPart): readonly MailPart[] {
  return [part, ...(isMessage(part) ? [] : part.children.flatMap(ownParts))];
}

export function isMessage({ contentType: { type } }: MailPart): boolean {
  return type === 'message/rfc822' || type === 'message/global';
}

interface Budget {
  left: number;
}

function readPart(raw: Buffer, depth: number, budget: Budget): MailPart {
  const { headers, body } = readHeaders(raw);
  const contentType = readContentType(headers.get('content-type'));
  const bytes = raw.subarray(body);
  const encoding = headers.get('content-transfer-encoding');
  return {
    headers,
    contentType,
    children: depth < DEEPEST ? childrenOf(bytes, contentType, encoding, depth, budget) : [],
    text: (limit) =>
      decodeText(
        decodeTransfer(bytes.subarray(0, limit), encoding),
        contentType.parameter('charset') || null,
      ),
  };
}

function childrenOf(
  bytes: Buffer,
  contentType: ContentType,
  encoding: string,
  depth: number,
  budget: Budget,
): readonly MailPart[] {
  const inner = contentType.type.startsWith('multipart/')
    ? splitParts(bytes, contentType.parameter('boundary'))
    : /^message\/(rfc822|global)$/.test(contentType.type)
      ? [decodeTransfer(bytes, encoding)]
      : [];
  const parts: MailPart[] = [];
  for (const piece of inner) if (budget.left-- > 0) parts.push(readPart(piece, depth + 1, budget));
  return parts;
}

/** What stands between a multipart's boundary lines; where the named boundary is not there, the one that looks like it. */
function splitParts(bytes: Buffer, boundary: string): readonly Buffer[] {
  const named = boundary === '' ? [] : boundaryLines(bytes, `--${boundary}`);
  const guessed = named.length > 0 ? null : guessBoundary(bytes);
  const marks = guessed === null ? named : boundaryLines(bytes, guessed);
  return marks.map(({ after }, index) => bytes.subarray(after, marks[index + 1]?.at ?? bytes.length));
}

interface BoundaryLine {
  /** Offset of the line, and of the line that follows. */
  readonly at: number;
  readonly after: number;
}

function boundaryLines(bytes: Buffer, delimiter: string): readonly BoundaryLine[] {
  const lines: BoundaryLine[] = [];
  let at = bytes.indexOf(delimiter);
  for (let hits = 0; at >= 0 && hits < MOST_BOUNDARY_HITS && lines.length <= MOST_PARTS; hits++) {
    const end = bytes.indexOf(10, at);
    const after = end < 0 ? bytes.length : end + 1;
    if (at === 0 || bytes[at - 1] === 10) {
      const rest = bytes
        .toString('latin1', at + delimiter.length, Math.min(after, at + delimiter.length + 80))
        .trim();
      if (rest.startsWith('--')) break;
      if (rest === '') lines.push({ at, after });
    }
    at = bytes.indexOf(delimiter, Math.max(at + 1, after - 1));
  }
  return lines;
}

/** A line of dashes and a name, right above a Content- field. */
function guessBoundary(bytes: Buffer): string | null {
  const head = bytes.toString('latin1', 0, 64 * 1024);
  return /(?:^|\n)(--[^\s-][^\r\n]{0,150}|--[^\r\n]{1,150})\r?\nContent-/i.exec(head)?.[1]?.trimEnd() ?? null;
}
