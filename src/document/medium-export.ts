import { Fault } from '../result.ts';
import { cleanLine, cleanLines } from './clean-text.ts';
import { wordsOf } from './commentary.ts';
import type { Item, Link, Pick } from './document.ts';
import { languageOf, says } from './language-words.ts';
import { type Group, hasItemParts, joinBlocks, readMediumItem, toMarkdown } from './medium-item.ts';
import { type Part, readParts, withAddresses } from './medium-parts.ts';
import { hasArrows, readPastLine } from './medium-past.ts';
import { readPeriod } from './period.ts';
import {
  collectWarnings,
  type Defaults,
  finishDocument,
  type ReadIssue,
  type Warnings,
} from './read-result.ts';
import { makeSlug, slugOfAddress } from './slug.ts';
import { webAddress, withoutTracking } from './web-address.ts';

/*
 * The Markdown that Medium's export makes of a curated letter. All its headings have one level, so what a
 * heading is follows from where it stands and what stands below it:
 *
 *     title, then a quoted line with the address the file came from
 *     introduction, perhaps with the card of a sign-up page
 *     table of topics: a numbered list without links
 *     picks: a list of links
 *     a section: a numbered heading below a rule, or one that the table of topics names
 *     an item: any other heading; a picture, a title with an address, a card, commentary
 *     past issues: last week <= this one => next week, and links to monthly and yearly ones
 *     closing words: what follows, or headings at the end that have nothing of an item
 */

/** Whether a file looks like such an export: its heading, and its address or a link card. */
export function isMediumExport(text: string): boolean {
  const lines = cleanLines(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (!/^#[ \t]/.test(lines[0] ?? '')) return false;
  return (
    lines.slice(1, 4).some((line) => addressLine(line) !== null) ||
    lines.some((line) => /^\[\]\(\S+\)[ \t]*\[##/.test(line))
  );
}

function addressLine(line: string): string | null {
  const address = /^>.*<(https?:\/\/[^>\s]+)>\s*$/.exec(line)?.[1];
  return address === undefined ? null : webAddress(address);
}

/**
 * Reads such an export. Irregular files lose nothing: what has no place is kept as text, with a warning.
 *
 * @throws {Fault} `no_title`, `no_items`, `no_links`, `bad_issue`
 */
export function readMediumExport(text: string, defaults: Defaults = { locale: 'en' }): ReadIssue {
  const lines = cleanLines(text).split('\n');
  const addressAt = lines.findIndex((line) => addressLine(line) !== null);
  const base = addressLine(lines[addressAt] ?? '');
  const body = lines.map((line, index) => (index === addressAt ? '' : line)).join('\n');
  const [opening, ...groups] = groupParts(readParts(body, base));
  if (!opening || opening.heading === '') {
    throw new Fault('no_title', 'This file has no title: begin it with "# Title".');
  }
  const warnings = collectWarnings();
  const letter = readLetter(opening, groups, base, warnings);
  const period = readPeriod(opening.heading);
  const slugText = base === null ? null : slugOfAddress(base);
  const draft = {
    ...letter,
    locale: languageOf(
      text,
      groups.map(({ heading }) => heading),
      defaults.locale,
    ),
    title: opening.heading,
    slug: makeSlug(slugText, opening.heading, period),
    period: period ?? readPeriod((slugText ?? '').replaceAll('-', ' ')),
    preheader: '',
    source_url: base === null ? null : withoutTracking(base),
  };
  return {
    document: finishDocument(draft, 'each is a heading with a link or a link card below it'),
    warnings: warnings.inOrder(),
  };
}

/** Cuts the parts at their headings; a file that starts without one gets a group without words. */
function groupParts(parts: readonly Part[]): Group[] {
  const groups: (Group & { parts: Part[] })[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'heading') {
      const heading = cleanLine(wordsOf(part.text).replace(/^[—–-]+/, ''));
      groups.push({ heading, line: part.line, afterRule: parts[index - 1]?.kind === 'rule', parts: [] });
    } else {
      if (groups.length === 0) groups.push({ heading: '', line: part.line, afterRule: false, parts: [] });
      groups.at(-1)?.parts.push(part);
    }
  }
  return groups;
}

interface Letter {
  intro: string;
  picks: Pick[];
  sections: { title: string; items: Item[] }[];
  previous: Link | null;
  next: Link | null;
  round_ups: Link[];
  outro: string;
}

function readLetter(
  opening: Group,
  groups: readonly Group[],
  base: string | null,
  warnings: Warnings,
): Letter {
  const letter: Letter = {
    intro: '',
    picks: [],
    sections: [],
    previous: null,
    next: null,
    round_ups: [],
    outro: '',
  };
  const topics =
    groups.find(isTopics)?.parts.flatMap((part) => (part.kind === 'list' ? part.items.map(cleanLine) : [])) ??
    [];
  const end = endOfItems(groups, topics);
  letter.intro = partsToText(opening.parts, warnings);
  for (const group of groups.slice(0, end)) readGroup(letter, group, topics, { base, warnings });
  for (const group of groups.slice(end)) readClosing(letter, group, warnings);
  if (letter.sections.length > 0) warnStrayPicks(letter, groups, warnings);
  return letter;
}

/** Index of the first group below the items: past issues, or a tail behind a rule that has no item in it. */
function endOfItems(groups: readonly Group[], topics: readonly string[]): number {
  const past = groups.findIndex(isPast);
  if (past >= 0) return past;
  const lastItem = groups.findLastIndex(
    (group) => hasItemParts(group) || sectionTitle(group, topics) !== null,
  );
  const tail = groups.findIndex((group, index) => index > lastItem && group.afterRule);
  return tail < 0 ? groups.length : tail;
}

function isPast(group: Group): boolean {
  return (
    says('past', group.heading) ||
    group.parts.some(
      (part) => part.kind === 'text' && part.lines.some((line) => hasArrows(line) && line.includes('](')),
    )
  );
}

function isTopics({ heading, parts }: Group): boolean {
  const list = parts.find((part) => part.kind === 'list');
  return (
    says('topics', heading) ||
    (list?.ordered === true && parts.length === 1 && list.items.every((item) => !item.includes('](')))
  );
}

/** A section's title without its number; null for a heading that is none. */
function sectionTitle({ heading, afterRule }: Group, topics: readonly string[]): string | null {
  const numbered = /^\d{1,2}\s*[.．、)]\s*(.+)$/.exec(heading)?.[1] ?? null;
  if (topics.includes(numbered ?? heading)) return numbered ?? heading;
  return afterRule ? numbered : null;
}

function readGroup(
  letter: Letter,
  group: Group,
  topics: readonly string[],
  { base, warnings }: { base: string | null; warnings: Warnings },
): void {
  const title = sectionTitle(group, topics);
  const picks = letter.sections.length === 0 ? readPicks(group, base) : [];
  if (title !== null) {
    letter.sections.push({ title, items: [] });
    keepInIntro(letter, group.parts, warnings);
  } else if (picks.length > 0) {
    letter.picks.push(...picks);
    keepInIntro(
      letter,
      group.parts.filter((part) => part.kind !== 'list'),
      warnings,
    );
  } else if (letter.sections.length === 0 && isTopics(group)) {
    keepInIntro(
      letter,
      group.parts.filter((part) => part.kind !== 'list'),
      warnings,
    );
  } else if (letter.sections.length === 0 && !hasItemParts(group)) {
    letter.intro = joinBlocks([letter.intro, `### ${group.heading}`, partsToText(group.parts, warnings)]);
  } else {
    if (letter.sections.length === 0) letter.sections.push({ title: '', items: [] });
    letter.sections.at(-1)?.items.push(readMediumItem(group, warnings));
  }
}

/** The links of a list that has nothing else in it. */
function readPicks({ heading, parts }: Group, base: string | null): Pick[] {
  const items = parts.flatMap((part) => (part.kind === 'list' ? part.items : []));
  const picks = items.flatMap((item) => {
    const [, words = '', url] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(withAddresses(item, base)) ?? [];
    return url === undefined ? [] : [{ title: cleanLine(wordsOf(words)), url }];
  });
  return picks.length === items.length || says('picks', heading) ? picks : [];
}

function keepInIntro(letter: Letter, parts: readonly Part[], warnings: Warnings): void {
  for (const part of parts) {
    const text = toMarkdown(part, warnings);
    if (text === '') continue;
    if (part.kind === 'text' || part.kind === 'list')
      warnings.add(
        part.line,
        'This text stands where a letter has no place for it: it is kept in the introduction.',
      );
    letter.intro = joinBlocks([letter.intro, text]);
  }
}

function readClosing(letter: Letter, group: Group, warnings: Warnings): void {
  const past = isPast(group);
  const outro = past ? [] : [`### ${group.heading}`];
  for (const part of group.parts) {
    if (!past || part.kind === 'picture' || part.kind === 'card') outro.push(toMarkdown(part, warnings));
    else outro.push(...readPast(letter, part, warnings));
  }
  letter.outro = joinBlocks([letter.outro, ...outro]);
}

/** Takes the links of one part; gives what goes with the closing words. */
function readPast(letter: Letter, part: Part, warnings: Warnings): string[] {
  const lines = part.kind === 'text' ? part.lines : part.kind === 'list' ? part.items : [];
  return lines.flatMap((line, index) => {
    const found = readPastLine(line);
    letter.previous ??= found.previous;
    letter.next ??= found.next;
    letter.round_ups.push(...found.round_ups);
    for (const message of found.warnings) warnings.add(part.line + index, message);
    return found.others.map(({ title, url }) => {
      warnings.add(
        part.line + index,
        `"${title}" is no neighbour and no round-up of this issue: it is kept with the closing words.`,
      );
      return `[${title}](${url})`;
    });
  });
}

function warnStrayPicks(letter: Letter, groups: readonly Group[], warnings: Warnings): void {
  const urls = new Set(letter.sections.flatMap(({ items }) => items.map(({ url }) => url)));
  const line = groups.find(({ heading }) => says('picks', heading))?.line ?? 1;
  for (const { title, url } of letter.picks) {
    if (!urls.has(url)) warnings.add(line, `The pick "${title}" (${url}) is no item of this issue.`);
  }
}

function partsToText(parts: readonly Part[], warnings: Warnings): string {
  return joinBlocks(parts.map((part) => toMarkdown(part, warnings)));
}
