/** Columns of a text part: short enough to be quoted once or twice within 80. */
export const COLUMNS = 72;

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u{3000}-\u{303f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\p{Emoji_Presentation}]/u;
const NO_WIDTH = /[\p{Mark}\p{Format}]/u;

/** Columns that a terminal or a fixed-width font gives the text: two for East Asian characters (UAX #11). */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += NO_WIDTH.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
  return width;
}

/** Must not begin a line, or end one (JIS X 4051 and GB/T 15834, the common core of both). */
const CLOSING =
  /^[、。，．：；？！”’）］｝〉》」』】〕〗％‰°…·ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)\]}%]/u;
const OPENING = /[（［｛〈《「『【〔〖“‘([{]$/u;

/** The number of a link: never alone at the start of a line. */
const NOTE_MARK = /^\[\d+\]/;

/**
 * Wraps at spaces and between East Asian characters. A word longer than a line (an address) stands whole on
 * a line of its own. Lines that the text already has stay; `first` opens each of them, `rest` what is wrapped.
 */
export function wrapText(text: string, indent: { first?: string; rest?: string } = {}): string {
  const { first = '' } = indent;
  const { rest = first } = indent;
  return text
    .split('\n')
    .map((line) => wrapLine(line, first, hanging(line, rest)))
    .join('\n');
}

/** Quotes and list items go on under their own first word. */
function hanging(line: string, rest: string): string {
  const mark = /^((?:> )*)((?:[-*•]|\d+\.) +| {4})?/.exec(line);
  return rest + (mark?.[1] ?? '') + ' '.repeat(mark?.[2]?.length ?? 0);
}

function wrapLine(line: string, first: string, rest: string): string {
  const lines: string[] = [];
  let current = first + (/^ */.exec(line)?.[0] ?? '');
  let empty = true;
  for (const piece of pieces(line.trim())) {
    if (!empty && textWidth(current + piece.trimEnd()) > COLUMNS) {
      lines.push(current.trimEnd());
      current = rest;
    }
    current += piece;
    empty = false;
  }
  return [...lines, current.trimEnd()].join('\n');
}

/** What may not be broken, each with the space behind it. */
function pieces(line: string): string[] {
  const raw = line.match(/[^\s]+\s*/gu)?.flatMap(splitWide) ?? [];
  const joined: string[] = [];
  for (const piece of raw) {
    const before = joined.at(-1);
    if (before !== undefined && sticks(before, piece)) joined[joined.length - 1] = before + piece;
    else joined.push(piece);
  }
  return joined;
}

function sticks(before: string, piece: string): boolean {
  if (NOTE_MARK.test(piece)) return true;
  return !/\s$/u.test(before) && (CLOSING.test(piece) || OPENING.test(before));
}

/** A word with East Asian characters may break around each of them; an address never. */
function splitWide(word: string): string[] {
  if (/^[a-z]+:\/\//.test(word) || !WIDE.test(word)) return [word];
  const parts: string[] = [];
  for (const letter of word) {
    const before = parts.at(-1);
    const sticksOn =
      before !== undefined &&
      (/\s/u.test(letter) || NO_WIDTH.test(letter) || (!endsWide(before) && !WIDE.test(letter)));
    if (sticksOn) parts[parts.length - 1] = before + letter;
    else parts.push(letter);
  }
  return parts;
}

function endsWide(text: string): boolean {
  return WIDE.test([...text].at(-1) ?? '');
}
