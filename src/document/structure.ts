import MarkdownItFactory, { type MarkdownIt, type Token } from 'markdown-it';
import { cleanLine, cleanText } from './clean-text.ts';
import { plainText } from './commentary.ts';
import { webAddress } from './web-address.ts';

/**
 * How the house form looks at Markdown: by top-level blocks, so that a "# " inside a code block is no
 * heading, and by lines that are wholly a picture or a link. Addresses are read as they stand.
 */
const lineParser: MarkdownIt = new MarkdownItFactory({ html: false });
lineParser.validateLink = () => true;
lineParser.normalizeLink = (url) => url;

const blockParser: MarkdownIt = new MarkdownItFactory({ html: false }).disable('table');
// what is inside a line is nobody's business here, and takes long for a line made to
blockParser.core.ruler.enableOnly(['normalize', 'block']);
/** A line that is a title and an address is shorter. */
const LONGEST_LINE = 5000;

export type Block =
  | {
      readonly kind: 'heading';
      readonly level: 1 | 2;
      readonly text: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'rule'; readonly dashes: boolean; readonly from: number; readonly to: number }
  | {
      readonly kind: 'fence';
      readonly info: string;
      readonly text: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'paragraph' | 'other'; readonly from: number; readonly to: number };

/** The top-level blocks of a text; `from` and `to` are line indices, the end exclusive. */
export function readBlocks(text: string): Block[] {
  const lines = text.split('\n');
  return blockParser.parse(text, {}).flatMap((token) => {
    if (token.level !== 0 || token.map === null || token.nesting < 0) return [];
    const [from, to] = token.map;
    return [readBlock(token, lines, { from, to })];
  });
}

function readBlock(token: Token, lines: readonly string[], at: { from: number; to: number }): Block {
  if (token.type === 'hr') return { kind: 'rule', dashes: token.markup.startsWith('-'), ...at };
  if (token.type === 'fence') return { kind: 'fence', info: token.info.trim(), text: token.content, ...at };
  if (token.type === 'paragraph_open') return { kind: 'paragraph', ...at };
  const level = token.markup === '#' ? 1 : token.markup === '##' ? 2 : null;
  if (token.type !== 'heading_open' || level === null) return { kind: 'other', ...at };
  return { kind: 'heading', level, text: headingText(lines[at.from] ?? ''), ...at };
}

/** As CommonMark: without the marks in front and a closing run of them behind; the words are plain text. */
function headingText(line: string): string {
  return cleanLine(line.replace(/^ {0,3}#+/, '').replace(/(^|[ \t])#+[ \t]*$/, ''));
}

/**
 * Cleans a text in the dialect so that it can stand between the marks of the house form: headings of the
 * first two levels go down to the third, rules of dashes become rules of stars, an open code block is closed.
 */
export function cleanMarkdown(text: string): string {
  const clean = cleanText(text);
  if (!/^ {0,3}(#|-|`{3}|~{3})/m.test(clean)) return clean;
  const lines = clean.split('\n');
  for (const token of blockParser.parse(clean, {})) {
    if (token.level !== 0 || token.map === null) continue;
    const [from, to] = token.map;
    const line = lines[from] ?? '';
    if (token.type === 'heading_open' && /^##?$/.test(token.markup))
      lines[from] = line.replace(/^ *##?/, '###');
    if (token.type === 'hr' && token.markup.startsWith('-')) lines[from] = '***';
    if (token.type === 'fence' && !isClosed(token, lines.slice(from + 1, to))) lines.push(token.markup);
  }
  return lines.join('\n');
}

function isClosed(fence: Token, body: readonly string[]): boolean {
  const last = /^ {0,3}(\S+)[ \t]*$/.exec(body.at(-1) ?? '')?.[1] ?? '';
  return last.length >= fence.markup.length && last === fence.markup.charAt(0).repeat(last.length);
}

export type WholeLine =
  | { readonly kind: 'picture'; readonly src: string; readonly alt: string }
  /** `url` null: a title with an empty address, `[Title]()` */
  | { readonly kind: 'link'; readonly title: string; readonly url: string | null }
  | { readonly kind: 'text' };

/** What a line is as a whole: one picture, one link (or a bare address), or anything else. */
export function readWholeLine(line: string, base: string | null): WholeLine {
  const trimmed = line.trim();
  if (trimmed.length > LONGEST_LINE) return { kind: 'text' };
  const bare = /^https?:\/\/[^\s<>]+$/.test(trimmed) ? webAddress(trimmed) : null;
  if (bare !== null) return { kind: 'link', title: '', url: bare };
  if (!/^[![<]/.test(trimmed)) return { kind: 'text' };
  const tokens = (lineParser.parseInline(trimmed, {})[0]?.children ?? []).filter(
    ({ type, content }) => type !== 'text' || content !== '',
  );
  const [first] = tokens;
  if (tokens.length === 1 && first?.type === 'image') {
    const src = cleanLine(String(first.attrGet('src') ?? ''));
    const alt = cleanLine(plainText(first.children ?? []));
    return src === '' ? { kind: 'text' } : { kind: 'picture', src, alt };
  }
  return readLink(tokens, base);
}

function readLink(tokens: readonly Token[], base: string | null): WholeLine {
  const [first] = tokens;
  const closes = tokens.findIndex(({ type }) => type === 'link_close');
  if (first?.type !== 'link_open' || closes !== tokens.length - 1) return { kind: 'text' };
  const href = String(first.attrGet('href') ?? '');
  const url = webAddress(href, base);
  if (first.info === 'auto') return url === null ? { kind: 'text' } : { kind: 'link', title: '', url };
  const title = cleanLine(plainText(tokens.slice(1, -1)));
  const nothing = href === '' ? title === '' : url === null;
  return nothing ? { kind: 'text' } : { kind: 'link', title, url: href === '' ? null : url };
}

/** Plain words as they are written where Markdown is read inline; what could not be a mark stays bare. */
export function escapeInline(text: string): string {
  return text.replace(INLINE_MARK, '\\$&');
}

const INLINE_MARK = /[\\`*[\]]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[a-z])|&(?=#?\w+;)|~(?=~)|(?<=~)~/giu;

/** An address or file name as a link's or picture's destination. */
export function escapeDestination(text: string): string {
  if (text !== '' && !/[\s<>()\\]/.test(text)) return text.replace(/&(?=#?\w+;)/g, '\\&');
  return text === '' ? '' : `<${text.replace(/[\\<>]|&(?=#?\w+;)/g, '\\$&')}>`;
}
