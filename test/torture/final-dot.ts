/** The last bytes of what came before, so that a dot cut in two is found. */
export interface DotEnd {
  tail: string;
}

const DOT = '\r\n.\r\n';

/** Where in `text` the message has ended, behind its final dot (RFC 5321 section 4.5.2); -1: not yet. */
export function findDot(before: DotEnd, text: string): number {
  const joined = before.tail + text;
  const at = joined.indexOf(DOT);
  if (at >= 0) return at + DOT.length - before.tail.length;
  before.tail = joined.slice(1 - DOT.length);
  return -1;
}
