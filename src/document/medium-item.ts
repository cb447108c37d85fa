import type { Card, Item, Link, Pick, Picture } from './document.ts';
import type { Part } from './medium-parts.ts';
import { readSource } from './medium-source.ts';
import type { Warnings } from './read-result.ts';
import { escapeDestination, escapeInline } from './structure.ts';

/** A heading and what stands below it, up to the next heading. */
export interface Group {
  readonly heading: string;
  readonly line: number;
  /** A rule stands right above the heading. */
  readonly afterRule: boolean;
  readonly parts: readonly Part[];
}

/** What groups give, filled in their order; the document's own texts are checked later. */
export interface Letter {
  readonly intro: string[];
  picks: Pick[];
  sections: { title: string; items: Item[] }[];
  previous: Link | null;
  next: Link | null;
  round_ups: Link[];
  readonly outro: string[];
}

/** An item's picture, link and card are its first ones; the rest is commentary, in the file's order. */
export function readMediumItem({ heading, line, parts }: Group, warnings: Warnings): Item {
  const image = parts.find((part) => part.kind === 'picture');
  const card = parts.find((part) => part.kind === 'card');
  const text = parts.find((part) => part.kind === 'text');
  const source = text ? readSource(text.lines) : null;
  if (text && source?.oddBracket != null) {
    const at = text.line + source.oddBracket;
    warnings.add(
      at,
      `A bracket around ${source.url} is not closed: the address is taken as the link of "${heading}".`,
    );
  }
  const url = source?.url ?? card?.card.url ?? null;
  if (url === null) warnings.add(line, `The item "${heading}" has no link.`);
  const placed: readonly (Part | undefined)[] = [image, card, source ? text : undefined];
  const commentary = parts.filter((part) => !placed.includes(part)).map((part) => toMarkdown(part, warnings));
  return {
    headline: heading,
    url,
    source_title: source?.title ?? null,
    image: image?.picture ?? null,
    commentary: joinBlocks(commentary),
    card: card?.card ?? null,
  };
}

/** Whether a group has what makes it an item, beyond words. */
export function hasItemParts({ parts }: Group): boolean {
  const text = parts.find((part) => part.kind === 'text');
  return (
    parts.some(({ kind }) => kind === 'picture' || kind === 'card') ||
    (text !== undefined && readSource(text.lines) !== null)
  );
}

/** A part where it has no place of its own; what must change its form for that is told. */
export function toMarkdown(part: Part, warnings: Warnings): string {
  switch (part.kind) {
    case 'text':
      return part.lines.join('\n');
    case 'list':
      return part.items.map((item, index) => `${part.ordered ? `${index + 1}.` : '-'} ${item}`).join('\n');
    case 'heading':
      return `### ${part.text}`;
    case 'picture':
      warnings.add(part.line, `The picture ${part.picture.src} has no place here: it is kept as a link.`);
      return pictureMarkdown(part.picture);
    case 'card':
      warnings.add(part.line, `The link card "${part.card.title}" has no place here: it is kept as a link.`);
      return cardMarkdown(part.card);
    case 'rule':
      return '';
  }
}

function pictureMarkdown({ src, alt }: Picture): string {
  return `![${escapeInline(alt)}](${escapeDestination(src)})`;
}

function cardMarkdown({ title, url, description }: Card): string {
  const link = `[${escapeInline(title)}](${escapeDestination(url)})`;
  return description === '' ? link : `${link}\\\n${escapeInline(description)}`;
}

export function joinBlocks(blocks: readonly string[]): string {
  return blocks.filter((block) => block.trim() !== '').join('\n\n');
}
