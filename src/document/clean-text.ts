/**
 * Every text of a document passes through here, so that what is stored can be shown, mailed and kept in
 * JSON: well-formed UTF-16, no control characters, and none of U+E000..U+E0FF, which mark the places in a
 * rendered letter that differ from reader to reader.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const UNWANTED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff\ue000-\ue0ff]/g;

/** A title, a name, an alternative text: one line, single spaces, none at its ends. */
export function cleanLine(text: string): string {
  const spaced = text.replace(/[ \t\n\v\f\r\u0085\u2028\u2029]+/g, ' ');
  return spaced.toWellFormed().replace(UNWANTED, '').replace(/ +/g, ' ').trim();
}

/** As {@link cleanText}, with every line where it was: for a file whose lines are counted. */
export function cleanLines(text: string): string {
  const unix = text.replace(/\r\n?|[\u2028\u2029]/g, '\n');
  return unix.toWellFormed().replace(UNWANTED, '');
}

/** Several lines: LF endings, no empty lines and no spaces at its ends. */
export function cleanText(text: string): string {
  return cleanLines(text)
    .replace(/^(?:[ \t]*\n)+/, '')
    .replace(/[ \t\n]+$/, '');
}

/** Joins what stood on two lines, or around something taken out: Chinese and Japanese put no space there. */
export function joinLines(before: string, after: string): string {
  if (before === '' || after === '') return before + after;
  return before + (WIDE_END.test(before) && WIDE_START.test(after) ? '' : ' ') + after;
}

const WIDE = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]';
const WIDE_END = new RegExp(`${WIDE}$`, 'u');
const WIDE_START = new RegExp(`^${WIDE}`, 'u');
