import { Fault } from '../result.ts';
import { cleanLine, cleanLines } from './clean-text.ts';
import { wordsOf } from './commentary.ts';
import { languageOf } from './language-words.ts';
import { type Group, joinBlocks } from './medium-item.ts';
import { readLetter } from './medium-letter.ts';
import { type Part, readParts } from './medium-parts.ts';
import { readPeriod } from './period.ts';
import { collectWarnings, type Defaults, finishDocument, type ReadIssue } from './read-result.ts';
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
  const letter = readLetter(opening, groups, warnings);
  const period = readPeriod(opening.heading);
  const slugText = base === null ? null : slugOfAddress(base);
  const draft = {
    ...letter,
    intro: joinBlocks(letter.intro),
    outro: joinBlocks(letter.outro),
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
