import { Fault } from '../result.ts';
import { cleanLine, cleanLines, cleanText } from './clean-text.ts';
import type { IssueDocument, Item, Pick, Section } from './document.ts';
import { type FrontMatter, splitFrontMatter, writeFrontMatter } from './front-matter.ts';
import { readItem, unprotect, writeHeading, writeItem } from './item-markdown.ts';
import {
  collectWarnings,
  type Defaults,
  finishDocument,
  type ReadIssue,
  type Warnings,
} from './read-result.ts';
import { makeSlug } from './slug.ts';
import { type Block, readBlocks } from './structure.ts';
import { webAddress } from './web-address.ts';

/*
 * An issue as a file: YAML front matter, then Markdown. All but `title` and one item with a link may be
 * left out.
 *
 *     ---
 *     title: Reading list, week 6          the subject of the letter
 *     slug: week-6-2021                    its name in addresses; made from the title where it is left out
 *     locale: en                           the publication's, where it is left out
 *     period: 2021-W06                     a week, a month 2021-02 or a year 2021
 *     preheader: Three papers on pruning   what an inbox shows beside the subject
 *     source_url: https://example.com/6    relative links stand below this address
 *     picks:                               the list on top: an item's address or headline,
 *       - https://example.com/pruning      or in other words:
 *       - title: Pruning, explained
 *         url: https://example.com/pruning
 *     previous:                            and `next`: the neighbours
 *       title: Week 5
 *       url: https://example.com/week-5
 *     round_ups:                           monthly and yearly ones, each with title and url
 *     ---
 *
 *     Introduction, in Markdown.
 *
 *     # Papers                             a section
 *
 *     ## Fewer weights, same answers       an item; its headline is plain text
 *
 *     ![A curve](curve.png)                its picture, beside the file
 *
 *     [Pruning at scale](https://...)      its link with the title found there; or <https://...>
 *
 *     ```card                              its link card, in YAML
 *     url: https://example.com/pruning
 *     title: Pruning at scale
 *     description: What is left of a network
 *     domain: example.com
 *     image:
 *       src: card.png
 *       alt: A pair of scissors
 *     ```
 *
 *     Commentary, in Markdown.
 *
 *     ---
 *
 *     Closing words: what stands below the last line of dashes, if no heading follows.
 *
 * Picture, link and card come before the commentary, in any order, each in a paragraph of its own (one
 * paragraph of several such lines will do). A line of three stars ends them; it is needed only where the
 * commentary itself begins with a line that looks like one of them. `## [Headline](https://...)` is short
 * for headline and link. A heading that begins with a bracket has a backslash in front.
 */

const ITEM_FORM =
  'write each as a heading "## Headline" and right below it, in a paragraph of its own, its link';

/**
 * Reads the form above; what stands where the form has no place is kept and told.
 *
 * @throws {Fault} `bad_front_matter`, `bad_card`, `no_title`, `no_items`, `no_links`, `bad_issue`
 */
export function readIssueMarkdown(text: string, defaults: Defaults = { locale: 'en' }): ReadIssue {
  const { front, lineOf, unknownKeys, body, bodyOffset } = splitFrontMatter(cleanLines(text));
  const title = cleanLine(front.title ?? '');
  if (title === '')
    throw new Fault('no_title', 'This file has no title: write "title: ..." in its front matter.');
  const warnings = collectWarnings();
  for (const key of unknownKeys)
    warnings.add(lineOf([key]), `"${key}" means nothing in an issue's front matter.`);

  const source_url = front.source_url === null ? null : webAddress(front.source_url);
  const parts = readBody({ body, offset: bodyOffset, base: source_url, warnings });
  const draft = {
    locale: front.locale ?? defaults.locale,
    title,
    slug: front.slug ?? makeSlug(title, front.period),
    period: front.period,
    preheader: front.preheader ?? '',
    ...parts,
    picks: readPicks(front, parts.sections, source_url, (index, message) =>
      warnings.add(lineOf(['picks', index]), message),
    ),
    previous: absolute(front.previous, source_url),
    next: absolute(front.next, source_url),
    round_ups: (front.round_ups ?? []).map((link) => absolute(link, source_url)),
    source_url: front.source_url,
  };
  return { document: finishDocument(draft, ITEM_FORM), warnings: warnings.inOrder() };
}

/** An address that cannot be resolved stays as it is, and is refused with the field's name. */
function absolute<LinkLike extends { title: string; url: string } | null>(
  link: LinkLike,
  base: string | null,
): LinkLike {
  return (
    link && { ...link, title: cleanLine(link.title) || link.url, url: webAddress(link.url, base) ?? link.url }
  );
}

function readPicks(
  front: FrontMatter,
  sections: readonly Section[],
  base: string | null,
  warn: (index: number, message: string) => void,
): Pick[] {
  const items = sections.flatMap((section) => section.items);
  return (front.picks ?? []).flatMap((written, index) => {
    const { title, url: reference } = typeof written === 'string' ? { title: '', url: written } : written;
    const url = webAddress(reference, base);
    const item = items.find(
      (candidate) => candidate.url === url || candidate.headline === cleanLine(reference),
    );
    if (!item?.url)
      warn(index, `The pick "${reference}" is not the address or headline of an item with a link.`);
    const address = item?.url ?? url;
    return address === null ? [] : [{ title: cleanLine(title) || item?.headline || address, url: address }];
  });
}

interface Body {
  readonly body: string;
  readonly offset: number;
  readonly base: string | null;
  readonly warnings: Warnings;
}

type Parts = { intro: string; sections: { title: string; items: Item[] }[]; outro: string };

function readBody({ body, offset, base, warnings }: Body): Parts {
  const lines = body.split('\n');
  const { opening, groups, outroFrom } = cutBlocks(readBlocks(body), lines.length);
  const textOf = ({ blocks, from, to }: Cut) =>
    cleanText(lines.slice(from, withoutLastRule(blocks, to)).join('\n'));

  const intro = [textOf(opening)];
  const sections: Parts['sections'] = [];
  for (const group of groups) {
    const at = group.from + offset;
    if (group.level === 2) {
      if (sections.length === 0) sections.push({ title: '', items: [] });
      const source = { ...group, to: withoutLastRule(group.blocks, group.to), lines, base, at, warnings };
      sections.at(-1)?.items.push(readItem(source));
      continue;
    }
    sections.push({ title: unprotect(group.headline), items: [] });
    const stray = textOf(group);
    if (stray === '') continue;
    warnings.add(
      at + 1,
      'Text between a section and its first item has no place: it is kept in the introduction.',
    );
    intro.push(stray);
  }
  return { intro: intro.join('\n\n'), sections, outro: lines.slice(outroFrom).join('\n') };
}

/** Blocks between two headings, and the lines (indices, the end exclusive) they stand on. */
interface Cut {
  readonly blocks: Block[];
  readonly from: number;
  to: number;
}

/** Cuts a body at its headings and, below the last one, at the last line of dashes. */
function cutBlocks(blocks: readonly Block[], end: number) {
  const opening: Cut = { blocks: [], from: 0, to: end };
  const groups: (Cut & { readonly level: 1 | 2; readonly headline: string })[] = [];
  const last = blocks.findLast(
    (block) => block.kind === 'heading' || (block.kind === 'rule' && block.dashes),
  );
  const outro = last?.kind === 'rule' ? last : null;
  for (const block of blocks) {
    if (outro && block.from >= outro.from) break;
    const current = groups.at(-1) ?? opening;
    if (block.kind !== 'heading') {
      current.blocks.push(block);
      continue;
    }
    current.to = block.from;
    groups.push({ level: block.level, headline: block.text, blocks: [], from: block.to, to: end });
  }
  if (outro) (groups.at(-1) ?? opening).to = outro.from;
  return { opening, groups, outroFrom: outro?.to ?? end };
}

/** Lines of dashes right before a heading only part what stands above and below. */
function withoutLastRule(blocks: readonly Block[], to: number): number {
  const last = blocks.findLastIndex((block) => block.kind !== 'rule' || !block.dashes);
  return blocks[last + 1]?.from ?? to;
}

/** Items before the first section stand without one. */
function isUnsectioned({ title, items }: Section, index: number): boolean {
  return index === 0 && title === '' && items.length > 0;
}

/** Reading it and writing it again gives the same bytes. */
export function writeIssueMarkdown(document: IssueDocument): string {
  const blocks = [
    `---\n${writeFrontMatter(document)}---`,
    document.intro,
    ...document.sections.flatMap((section, index) => [
      isUnsectioned(section, index) ? '' : writeHeading('#', section.title),
      ...section.items.flatMap((item) => writeItem(item, document.source_url)),
    ]),
    ...(document.outro === '' ? [] : ['---', document.outro]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
