/** RFC 4648 section 6 in lower case and without padding: safe in links, and in a local part whose case is folded. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const SIGNS = Buffer.from(BASE32);

export function toBase32(bytes: Buffer): string {
  // as bytes: a letter has several of these, and a text that grows sign by sign leaves all its beginnings behind
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text[at++] = SIGNS[(held >>> bits) & 31] as number;
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text[at++] = SIGNS[(held << (5 - bits)) & 31] as number;
  return text.toString('latin1', 0, at);
}

/** Only the spelling that {@link toBase32} writes is read: one token has one text. */
export function fromBase32(text: string): Buffer | null {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.toLowerCase()) {
    const value = BASE32.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >>> bits) & 255);
    }
    held &= (1 << bits) - 1;
  }
  const decoded = Buffer.from(bytes);
  return toBase32(decoded) === text.toLowerCase() ? decoded : null;
}
