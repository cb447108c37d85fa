import { cleanLine } from './clean-text.ts';
import type { Pick } from './document.ts';
import { says } from './language-words.ts';
import { isPast, readClosing } from './medium-closing.ts';
import {
  type Group,
  hasItemParts,
  joinBlocks,
  type Letter,
  readMediumItem,
  toMarkdown,
} from './medium-item.ts';
import type { Part } from './medium-parts.ts';
import { readWholeLink } from './medium-source.ts';
import type { Warnings } from './read-result.ts';

export function readLetter(opening: Group, groups: readonly Group[], warnings: Warnings): Letter {
  const letter: Letter = {
    intro: [partsToText(opening.parts, warnings)],
    picks: [],
    sections: [],
    previous: null,
    next: null,
    round_ups: [],
    outro: [],
  };
  const topics =
    groups.find(isTopics)?.parts.flatMap((part) => (part.kind === 'list' ? part.items.map(cleanLine) : [])) ??
    [];
  const end = endOfItems(groups, topics);
  for (const group of groups.slice(0, end)) readGroup(letter, group, topics, warnings);
  for (const group of groups.slice(end)) readClosing(letter, group, warnings);
  if (letter.sections.length > 0) warnStrayPicks(letter, groups, warnings);
  return letter;
}

/** Index of the first group below the items: past issues, or a tail behind a rule that has no item in it. */
function endOfItems(groups: readonly Group[], topics: readonly string[]): number {
  const lastSection = groups.findLastIndex((group) => sectionTitle(group, topics) !== null);
  const past = groups.findIndex((group, index) => index > lastSection && isPast(group));
  if (past >= 0) return past;
  const lastItem = Math.max(lastSection, groups.findLastIndex(hasItemParts));
  const tail = groups.findIndex((group, index) => index > lastItem && group.afterRule);
  return tail < 0 ? groups.length : tail;
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

function readGroup(letter: Letter, group: Group, topics: readonly string[], warnings: Warnings): void {
  const title = sectionTitle(group, topics);
  const { picks, others } = readPicks(group);
  const besideList = group.parts.filter((part) => part.kind !== 'list');
  if (title !== null) {
    letter.sections.push({ title, items: [] });
    keepInIntro(letter, group.parts, warnings);
  } else if (letter.sections.length > 0 || hasItemParts(group)) {
    if (letter.sections.length === 0) letter.sections.push({ title: '', items: [] });
    letter.sections.at(-1)?.items.push(readMediumItem(group, warnings));
  } else if (picks.length > 0) {
    letter.picks.push(...picks);
    keepInIntro(letter, [...besideList, ...others], warnings);
  } else if (isTopics(group)) {
    keepInIntro(letter, besideList, warnings);
  } else {
    letter.intro.push(`### ${group.heading}`, partsToText(group.parts, warnings));
  }
}

/** The links of a list that has nothing else in it, or that its heading calls picks. */
function readPicks({ heading, parts }: Group): { picks: Pick[]; others: Part[] } {
  const lists = parts.filter((part) => part.kind === 'list');
  const picks = lists.flatMap(({ items }) => items.flatMap((item) => readPick(item) ?? []));
  const others = lists.flatMap(({ items, ...list }) => {
    const rest = items.filter((item) => readPick(item) === null);
    return rest.length > 0 ? [{ ...list, items: rest }] : [];
  });
  return others.length === 0 || says('picks', heading) ? { picks, others } : { picks: [], others: [] };
}

function readPick(item: string): Pick | null {
  const { title, url } = readWholeLink([item]) ?? {};
  return title && url ? { title, url } : null;
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
    letter.intro.push(text);
  }
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
