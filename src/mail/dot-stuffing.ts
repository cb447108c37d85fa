const DOT = 46;
const CR = 13;
const LF = 10;
const LINE_DOT = Buffer.from('\n.');

/**
 * The message as DATA carries it, with the dots that begin its lines doubled (RFC 5321 section 4.5.2). A line that
 * ends with \n alone counts too: some servers take "\n.\n" for the end (SMTP smuggling, CVE-2023-51764). Most messages
 * have no such line and come back as they are.
 */
export function dotStuffed(raw: Buffer): Buffer {
  const first = raw[0] === DOT ? 0 : nextDot(raw, 0);
  return first < 0 ? raw : doubled(raw, first);
}

/** Whether it ends as the final dot, and the last chunk, need it. */
export function endsLine(raw: Buffer): boolean {
  return raw[raw.length - 1] === LF && raw[raw.length - 2] === CR;
}

function doubled(raw: Buffer, first: number): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  // a piece ends with the dot, and the next one begins with the same dot again
  for (let dot = first; dot >= 0; dot = nextDot(raw, dot)) {
    pieces.push(raw.subarray(from, dot + 1));
    from = dot;
  }
  return Buffer.concat([...pieces, raw.subarray(from)]);
}

/** Where the dot of the next line that begins with one stands; -1: nowhere. */
function nextDot(raw: Buffer, from: number): number {
  const end = raw.indexOf(LINE_DOT, from);
  return end < 0 ? -1 : end + 1;
}
