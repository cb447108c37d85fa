import { cleanLine } from './clean-text.ts';
import type { Link } from './document.ts';
import { says } from './language-words.ts';
import { DESTINATION, WORDS } from './medium-parts.ts';
import { namesWeek, readPeriod } from './period.ts';
import { webAddress } from './web-address.ts';

/** The links to other issues at a letter's end. */
export interface PastIssues {
  readonly previous: Link | null;
  readonly next: Link | null;
  readonly round_ups: readonly Link[];
  /** Links that are neither: they go with the closing words. */
  readonly others: readonly Link[];
  readonly warnings: readonly string[];
}

const TO_PREVIOUS = /[⇦⬅←◀«]\ufe0f?/;
const TO_NEXT = /[⇨➡→▶»]\ufe0f?/;

const LINK = new RegExp(`\\[(${WORDS})\\]\\((${DESTINATION})\\)`, 'g');
const LINK_OR_SEPARATOR = new RegExp(`\\[${WORDS}\\]\\(${DESTINATION}\\)|[|、;；·•]`);

export function hasArrows(line: string): boolean {
  return TO_PREVIOUS.test(line) || TO_NEXT.test(line);
}

/** Reads one line: "last week ⇦ this one ⇨ next week", or names of monthly and yearly issues. */
export function readPastLine(line: string): PastIssues {
  return hasArrows(line) ? readNeighbours(line) : readRoundUps(line);
}

function readNeighbours(line: string): PastIssues {
  const before = TO_PREVIOUS.test(line) ? (line.split(TO_PREVIOUS)[0] ?? '') : '';
  const after = TO_NEXT.test(line) ? (line.split(TO_NEXT).at(-1) ?? '') : '';
  const [previous = null, ...more] = linksOf(before);
  const [next = null, ...others] = linksOf(after);
  const warnings = [...unlinked(before, 'previous issue'), ...unlinked(after, 'next issue')];
  return { previous, next, round_ups: [], others: [...more, ...others, ...linksOf(middle(line))], warnings };
}

/** This issue's own name, between the arrows. */
function middle(line: string): string {
  const tail = TO_PREVIOUS.test(line) ? line.split(TO_PREVIOUS).slice(1).join(' ') : line;
  return TO_NEXT.test(tail) ? tail.split(TO_NEXT).slice(0, -1).join(' ') : tail;
}

function readRoundUps(line: string): PastIssues {
  const links = linksOf(line);
  const others = links.filter(({ title }) => !isRoundUp(title));
  const round_ups = links.filter(({ title }) => isRoundUp(title));
  return { previous: null, next: null, round_ups, others, warnings: unlinked(line, 'issue') };
}

function isRoundUp(title: string): boolean {
  return !namesWeek(title) && (says('roundUp', title) || readPeriod(title) !== null);
}

function linksOf(text: string): Link[] {
  return [...text.matchAll(LINK)].flatMap(([, words = '', href = '']) => {
    const url = webAddress(href);
    return url === null ? [] : [{ title: cleanLine(words) || url, url }];
  });
}

/** What is named in words alone cannot be linked to; brackets and separators around links are no names. */
function unlinked(text: string, what: string): string[] {
  const names = text
    .split(LINK_OR_SEPARATOR)
    .map((name) => cleanLine(name.replace(/^[\s[\](（【】「『]+|[\s[(（【「『]+$/gu, '')));
  return names
    .filter((name) => /[\p{Letter}\p{Number}]/u.test(name))
    .map((name) => `The ${what} "${name}" is named without a link: it is left out.`);
}
