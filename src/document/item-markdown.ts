import { cleanLine } from './clean-text.ts';
import type { Card, Item, Picture } from './document.ts';
import { readCard, writeCard } from './front-matter.ts';
import type { Warnings } from './read-result.ts';
import {
  type Block,
  escapeDestination,
  escapeInline,
  readBlocks,
  readWholeLine,
  type WholeLine,
} from './structure.ts';
import { domainOf } from './web-address.ts';

/** The lines below an item's headline; `from` and `to` are indices into `lines`. */
interface ItemSource {
  readonly headline: string;
  readonly lines: readonly string[];
  readonly blocks: readonly Block[];
  readonly from: number;
  readonly to: number;
  readonly base: string | null;
  /** The headline's line in the file, from 1. */
  readonly at: number;
  readonly warnings: Warnings;
}

/** What stands before the commentary; filled as it is found. */
interface Head {
  url: string | null;
  source_title: string | null;
  image: Picture | null;
  card: Card | null;
}

export function readItem(source: ItemSource): Item {
  const { headline, lines, base, at, warnings } = source;
  const head: Head = { url: null, source_title: null, image: null, card: null };
  const linked = headline.startsWith('[') ? readWholeLine(headline, base) : null;
  const hasLink = linked?.kind === 'link' && linked.title !== '';
  if (hasLink) head.url = linked.url;

  const start = readHead(source, head);
  const url = head.url ?? head.card?.url ?? null;
  const words = hasLink ? linked.title : unprotect(headline);
  if (words === '') warnings.add(at, 'This item has no headline: the title of its link stands in for it.');
  if (url === null)
    warnings.add(
      at,
      `The item "${words}" has no link: put [Title](https://...) in a paragraph of its own below the headline.`,
    );
  return {
    ...head,
    headline: words || head.source_title || head.card?.title || (url ? domainOf(url) : '…'),
    url,
    commentary: lines.slice(start, source.to).join('\n'),
  };
}

/** Takes pictures, links and cards until something else comes; gives the line the commentary starts at. */
function readHead({ lines, blocks, from, base, at }: ItemSource, head: Head): number {
  let cursor = from;
  for (const block of blocks) {
    // a link reference definition is no block, but it is text
    const skipped = lines.slice(cursor, block.from).some((line) => line.trim() !== '');
    if (skipped) return cursor;
    if (block.kind === 'rule') return block.to;
    if (block.kind === 'fence' && block.info === 'card' && head.card === null) {
      head.card = readCard(block.text, at + block.from - from + 1, base);
    } else if (block.kind !== 'paragraph' || !takeLines(lines.slice(block.from, block.to), base, head)) {
      return cursor;
    }
    cursor = block.to;
  }
  return cursor;
}

/** All lines of a paragraph, or none. */
function takeLines(lines: readonly string[], base: string | null, head: Head): boolean {
  const found = { ...head };
  const taken = lines.every((line) => takeLine(readWholeLine(line, base), found));
  if (taken) Object.assign(head, found);
  return taken;
}

function takeLine(line: WholeLine, head: Head): boolean {
  if (line.kind === 'picture' && head.image === null) {
    head.image = { src: line.src, alt: line.alt };
    return true;
  }
  if (line.kind !== 'link' || head.source_title !== null) return false;
  if (head.url !== null && head.url !== line.url) return false;
  head.url = line.url;
  head.source_title = line.title === '' ? null : line.title;
  return true;
}

/** The blocks of an item's Markdown, headline first. */
export function writeItem(item: Item, base: string | null): string[] {
  const { headline, image, card, commentary } = item;
  return [
    writeHeading('##', headline),
    image ? `![${escapeInline(image.alt)}](${escapeDestination(image.src)})` : '',
    writeLink(item),
    card ? `\`\`\`card\n${writeCard(card)}\`\`\`` : '',
    looksLikeHead(commentary, base) ? '***' : '',
    commentary,
  ];
}

function writeLink({ url, source_title, card }: Item): string {
  if (source_title !== null) return `[${escapeInline(source_title)}](${escapeDestination(url ?? '')})`;
  return url === null || url === card?.url ? '' : `<${url}>`;
}

function looksLikeHead(commentary: string, base: string | null): boolean {
  const [first] = readBlocks(commentary);
  if (first?.kind === 'rule') return true;
  if (first?.kind === 'fence') return first.info === 'card';
  const lines = commentary.split('\n').slice(first?.from, first?.to);
  return first?.kind === 'paragraph' && lines.every((line) => readWholeLine(line, base).kind !== 'text');
}

/** A heading's words as they are, but that a bracket in front is no link and a # behind is no mark. */
export function writeHeading(marks: '#' | '##', words: string): string {
  const start = /^[[\\]/.test(words) ? '\\' : '';
  const end = /(^|[ \t])#+$/.test(words) ? ` ${marks}` : '';
  return `${marks} ${start}${words}${end}`.trimEnd();
}

export function unprotect(heading: string): string {
  return cleanLine(heading.replace(/^\\(?=[[\\])/, ''));
}
