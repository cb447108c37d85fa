const LONGEST_NAME = 200;

/** A name as it can stand on one line: no line breaks or controls, no runs of spaces. */
export function cleanName(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return [...line].slice(0, LONGEST_NAME).join('').trim();
}

/** Any text of an attribute; Postgres's jsonb takes no NUL and no half of a surrogate pair. */
export function cleanValue(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}
