import { cleanLine, joinLines } from './clean-text.ts';
import { wordsOf } from './commentary.ts';
import { DESTINATION, WORDS } from './medium-parts.ts';
import { webAddress } from './web-address.ts';

/** The lines below a headline that say what an item is about: a title and the address of it. */
export interface SourceLines {
  readonly title: string | null;
  readonly url: string;
  /** Index of a line with a bracket that is opened or closed alone, where the address is still certain. */
  readonly oddBracket: number | null;
}

/** A link with words, an address in angle brackets, or a bare one. */
const ADDRESS = new RegExp(
  String.raw`\[(?<words>${WORDS})\]\((?<href>${DESTINATION})\)|<(?<auto>https?://[^>\s]+)>|(?<bare>https?://[^\s[\]()<>（）【】「」『』，。、]+)`,
  'g',
);
const WHOLE_LINK = new RegExp(String.raw`^[*_]*\[(${WORDS})\]\((${DESTINATION})\)[*_]*$`);
const OPENING = /[[(（【「『]\s*$/;
const CLOSING = /^\s*[\])）】」』]/;
/** A title in a longer text is commentary that happens to hold an address. */
const LONGEST_TITLE = 300;

/**
 * Reads a paragraph as title and address, in any of the ways editors and translators leave them: the
 * address as a link, bare, in a bracket, on a line of its own or amid the words. Null for a paragraph that
 * is commentary: one whose address stands inside a sentence, or that has several.
 */
export function readSource(lines: readonly string[]): SourceLines | null {
  const whole = readWholeLink(lines);
  if (whole) return whole;
  const read = lines.map(readSourceLine);
  const urls = new Set(read.flatMap(({ urls }) => urls));
  const [url] = urls;
  if (url === undefined || urls.size > 1 || read.some(({ inSentence }) => inSentence)) return null;
  const title = cleanLine(wordsOf(read.map(({ rest }) => rest).join('\n')));
  const apart = lines.length > 1 || title === '' || /^[*_].*[*_]/.test(lines[0] ?? '');
  if (!apart || title.length > LONGEST_TITLE) return null;
  const odd = read.findIndex(({ oddBracket }) => oddBracket);
  return { title: title === '' ? null : title, url, oddBracket: odd < 0 ? null : odd };
}

/** `[Title](https://...)` and nothing else. */
export function readWholeLink(lines: readonly string[]): SourceLines | null {
  const [, words = '', href = ''] = WHOLE_LINK.exec(lines.join(' ').trim()) ?? [];
  const url = webAddress(href);
  if (url === null || /^https?:/.test(words)) return null;
  return { title: cleanLine(wordsOf(words)), url, oddBracket: null };
}

interface SourceLine {
  readonly urls: readonly string[];
  /** The line's words without its addresses. */
  readonly rest: string;
  readonly inSentence: boolean;
  readonly oddBracket: boolean;
}

function readSourceLine(line: string): SourceLine {
  const found = [...line.matchAll(ADDRESS)];
  const [first] = found;
  if (first === undefined) return { urls: [], rest: line, inSentence: false, oddBracket: false };
  const last = found.at(-1) ?? first;
  const before = line.slice(0, first.index);
  const between = line.slice(first.index, last.index).replace(ADDRESS, '');
  const after = line.slice(last.index + last[0].length);
  const opened = OPENING.test(before);
  const closed = CLOSING.test(after);
  const left = before.replace(OPENING, '').trim();
  const right = after.replace(CLOSING, '').trim();
  const named = found.some(({ groups }) => groups?.words && !/^https?:/.test(groups.words));
  return {
    urls: found.flatMap(
      ({ groups }) =>
        webAddress(groups?.href ?? groups?.auto ?? groups?.bare?.replace(/[.,;:!?]+$/, '') ?? '') ?? [],
    ),
    rest: joinLines(left, right),
    inSentence: named || between.trim() !== '' || (left !== '' && right !== ''),
    oddBracket: opened !== closed,
  };
}
