import { cleanLine } from './clean-text.ts';
import type { Card, Picture } from './document.ts';
import { domainOf, webAddress } from './web-address.ts';

/** One thing of an exported file, with the line (from 1) it starts at. */
export type Part =
  | { readonly kind: 'heading'; readonly text: string; readonly line: number }
  | { readonly kind: 'rule'; readonly line: number }
  | { readonly kind: 'picture'; readonly picture: Picture; readonly line: number }
  | { readonly kind: 'card'; readonly card: Card; readonly line: number }
  | {
      readonly kind: 'list';
      readonly ordered: boolean;
      readonly items: readonly string[];
      readonly line: number;
    }
  /** `text` in lines of Markdown, with absolute addresses */
  | { readonly kind: 'text'; readonly lines: readonly string[]; readonly line: number };

const HEADING = /^#{1,2}[ \t]+(.*)$/;
/** Medium draws a break between parts of a letter as a row of dashes: "— — — —". */
const RULE = /^(?=(?:[^—–_*·•-]*[—–_*·•-]){2})[—–_*·•\s-]+$/;
const PICTURE = /^!\[([^\]]*)\]\((\S+)\)$/;
/** A link card is a link without words, then one whose words are title, excerpt and domain on lines of their own. */
const CARD_START = /^\[\]\((\S+)\)[ \t]*\[#{2}[ \t]+(.*)$/;
const LONGEST_CARD = 12;
/** In `[words](address)`: words may hold a pair of brackets, an address a pair of parentheses. */
export const WORDS = String.raw`(?:[^[\]]|\[[^[\]]*\])*`;
export const DESTINATION = String.raw`(?:[^()\s]|\([^()\s]*\))+`;
const LINK = new RegExp(`(?<!!)\\[(${WORDS})\\]\\((${DESTINATION})\\)`, 'g');
const LIST_ITEM = /^(?:([*+-])|\d+[.)])[ \t]+(.*)$/;

/** Splits a file into parts. What is none of the others is text, so nothing is lost here. */
export function readParts(text: string, base: string | null): Part[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const parts: Part[] = [];
  for (let index = 0; index < lines.length; ) {
    const { part, length } = readPart(lines, index, base);
    if (part) parts.push(part);
    index += length;
  }
  return parts;
}

type Read = { readonly part: Part | null; readonly length: number };

function readPart(lines: readonly string[], index: number, base: string | null): Read {
  const first = lines[index] ?? '';
  const line = index + 1;
  if (first.trim() === '') return { part: null, length: 1 };
  const heading = HEADING.exec(first)?.[1];
  if (heading !== undefined) return { part: { kind: 'heading', text: cleanLine(heading), line }, length: 1 };
  if (RULE.test(first)) return { part: { kind: 'rule', line }, length: 1 };
  const [, alt = '', src] = PICTURE.exec(first) ?? [];
  if (src !== undefined)
    return { part: { kind: 'picture', picture: { src, alt: cleanLine(alt) }, line }, length: 1 };
  return readCardPart(lines, index, base) ?? readParagraph(lines, index, base);
}

function readCardPart(lines: readonly string[], index: number, base: string | null): Read | null {
  const [, href, title = ''] = CARD_START.exec(lines[index] ?? '') ?? [];
  const url = href === undefined ? null : webAddress(href, base);
  if (url === null) return null;
  const rest = lines.slice(index + 1, index + LONGEST_CARD);
  const length = rest.findIndex((line) => readCardEnd(line) !== null);
  const inside = rest.slice(0, length);
  if (length < 0 || inside.some((line) => HEADING.test(line) || CARD_START.test(line))) return null;
  const description = cleanLine(inside.map((line) => line.replace(/^#+[ \t]+/, '')).join(' '));
  const domain = cleanLine(readCardEnd(rest[length] ?? '') ?? '') || domainOf(url);
  const card: Card = { url, title: cleanLine(title) || domain, description, domain, image: null };
  return { part: { kind: 'card', card, line: index + 1 }, length: length + 2 };
}

/** The domain in `domain](address)`. */
function readCardEnd(line: string): string | null {
  const cut = line.lastIndexOf('](');
  return cut >= 0 && /^\S+\)$/.test(line.slice(cut + 2)) ? line.slice(0, cut) : null;
}

/** Lines up to an empty one, or, of a code block, to its end; a list if each is an item. */
function readParagraph(lines: readonly string[], index: number, base: string | null): Read {
  const fence = /^(`{3,}|~{3,})/.exec(lines[index] ?? '')?.[1];
  const ends = (line: string) =>
    fence ? line.startsWith(fence) : line === '' || HEADING.test(line) || PICTURE.test(line);
  let end = index + 1;
  while (end < lines.length && !ends(lines[end] ?? '')) end += 1;
  const own = lines.slice(index, fence ? end + 1 : end);
  const line = index + 1;
  const items = own.map((text) => LIST_ITEM.exec(text));
  if (items.every((item) => item !== null)) {
    const ordered = items.every((item) => item[1] === undefined);
    const words = items.map((item) => withAddresses(item[2] ?? '', base));
    return { part: { kind: 'list', ordered, items: words, line }, length: own.length };
  }
  const text = fence ? own : own.map((written) => withAddresses(written, base));
  return { part: { kind: 'text', lines: text, line }, length: own.length };
}

/** Relative addresses made absolute, and a link without words shown as its address. */
export function withAddresses(line: string, base: string | null): string {
  return line.replace(LINK, (written, words: string, href: string) => {
    const url = webAddress(href, base);
    if (url === null) return written;
    return words.trim() === '' ? `<${url}>` : `[${words}](${url})`;
  });
}
