import type { Judgement } from './reply-class.ts';

/** Words by which servers say one thing. */
export interface PhraseGroup extends Judgement {
  /** Who says so, or why it means this. */
  readonly source: string;
  /** True where the words are about the domain or host, which DNS may fail to find for an hour. */
  readonly aboutHost?: true;
  /** True where one provider alone writes so, and means the address: no second witness is asked for. */
  readonly sure?: true;
  /** True where a server writes so of mailboxes of its own: no second witness is asked for, unless a filter may be one. */
  readonly ownMailboxes?: true;
  /** Lower case, found from the start of a word; "…" stands for at most 60 characters in between. */
  readonly phrases: readonly string[];
}

/** A table's phrases, written with "|" between them. */
export function phrases(list: string): readonly string[] {
  return list.split('|').map((phrase) => phrase.trim().replace(/\s+/g, ' '));
}

/** Refusals are read this far; longer ones are pages of help. */
const LONGEST_TEXT = 3_000;

const GAP = ' … ';

/** What "…" may stand for, in characters. */
const LONGEST_GAP = 60;

/**
 * A server's text as the tables are written: lower case, one space, typographic quotes made plain, and without
 * addresses, whose local parts may say anything ("no.such.user@..."). The bounds in the expression keep it linear.
 */
export function readableText(raw: string): string {
  const text = raw
    .slice(0, LONGEST_TEXT)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’`´]/g, "'")
    .replace(/[^\s<>()[\]"',;:=]{1,64}@[a-z0-9._-]{1,255}/g, '')
    .replace(/\s+/g, ' ');
  return withoutContinuations(text);
}

/** The codes that a reply of several lines repeats (RFC 5321 section 4.2.1) stand in the middle of sentences. */
function withoutContinuations(text: string): string {
  const [, code] = /(?:^| )([45]\d\d)-/.exec(text) ?? [];
  if (code === undefined) return text;
  return text.replaceAll(new RegExp(`(?<=^| )${code}[- ](?:[45]\\.\\d{1,3}\\.\\d{1,3} )?`, 'g'), '');
}

/** The first group, in the tables' order, of which one phrase stands in the text. */
export function findPhrase(text: string, groups: readonly PhraseGroup[]): PhraseGroup | null {
  return groups.find(({ phrases }) => phrases.some((phrase) => contains(text, phrase))) ?? null;
}

function contains(text: string, phrase: string): boolean {
  const [first = '', ...rest] = phrase.split(GAP);
  for (let at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1))
    if (startsWord(text, at) && continues(text, at + first.length, rest)) return true;
  return false;
}

const WORD = /[a-z0-9]/;

function startsWord(text: string, at: number): boolean {
  return at === 0 || !WORD.test(text[at] ?? '') || !WORD.test(text[at - 1] ?? '');
}

function continues(text: string, from: number, pieces: readonly string[]): boolean {
  let end = from;
  for (const piece of pieces) {
    const near = text.slice(end, end + LONGEST_GAP + piece.length);
    const at = near.indexOf(piece);
    if (at < 0) return false;
    end += at + piece.length;
  }
  return true;
}
