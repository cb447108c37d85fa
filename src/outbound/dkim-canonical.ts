import { createHash } from 'node:crypto';

// RFC 6376 section 3.4: "relaxed" takes out what relays are known to change, which is white space.

/** A header field without its line end (section 3.4.2). */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const name = field.slice(0, colon).trimEnd().toLowerCase();
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ');
  return `${name}:${value.replace(/^ | $/g, '')}`;
}

/**
 * Lines of a body (section 3.4.4). A piece of a body is right by itself when no white space and no line break
 * is parted by its ends.
 */
export function relaxedLines(text: string): string {
  return text.replace(/[ \t]+(\r\n|$)?/g, (_run, end) => end ?? ' ');
}

/** The hash of a whole body, given byte for byte (latin1): one line break at its end, or nothing where it is empty. */
export function bodyHash(body: string): Buffer {
  const lines = relaxedLines(body).replace(/(\r\n)+$/, '');
  return createHash('sha256')
    .update(lines === '' ? '' : `${lines}\r\n`, 'latin1')
    .digest();
}

/**
 * The hash of bodies that differ in some places only. What they have in common is made relaxed once, and what stands
 * before the first place is hashed once.
 *
 * @param parts what stands before, between and after the places, cut as {@link relaxedLines} asks; the end is one
 *   line break after a line that is not empty. All of it is ASCII.
 */
export function bodyHasher(parts: readonly string[]): (values: readonly string[]) => Buffer {
  const [beginning = '', ...others] = parts.map(relaxedLines);
  const begun = createHash('sha256').update(beginning);
  const following = others.map((part) => Buffer.from(part));
  return (values) => {
    const hash = begun.copy();
    for (const [at, part] of following.entries()) hash.update(relaxedLines(values[at] ?? '')).update(part);
    return hash.digest();
  };
}
