import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Links that act for one person carry a token: `purpose byte | id (varint) | 16 bytes of HMAC-SHA256`
 * over purpose and id, in lower-case base32 (RFC 4648 alphabet), about 30 characters. It says nothing
 * to whoever reads it, cannot be made without the secret, and works for one purpose only.
 *
 * Rotation: the first secret signs, every one verifies, so links in old letters go on working for as
 * long as the operator keeps the old secret behind the comma.
 */
export type Purpose = 'confirm' | 'unsubscribe' | 'preferences' | 'undo';

export interface Tokens {
  make(purpose: Purpose, id: number): string;
  /** The id, or null for a token that is forged, cut short, or made for another purpose. */
  read(purpose: Purpose, token: string): number | null;
  /** A MAC for other short-lived values (a form's time stamp), in hex; checked with {@link verify}. */
  mac(label: string, value: string): string;
  verify(label: string, value: string, mac: string): boolean;
}

const PURPOSE_BYTE: Record<Purpose, number> = { confirm: 1, unsubscribe: 2, preferences: 3, undo: 4 };
const MAC_BYTES = 16;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export function createTokens(secrets: readonly string[]): Tokens {
  const [current] = secrets;
  if (current === undefined) throw new Error('createTokens needs a secret');

  return {
    make(purpose, id) {
      const payload = encodePayload(purpose, id);
      return toBase32(Buffer.concat([payload, sign(current, payload)]));
    },
    read(purpose, token) {
      const bytes = fromBase32(token);
      if (bytes === null || bytes.length <= MAC_BYTES + 1) return null;
      const payload = bytes.subarray(0, -MAC_BYTES);
      const mac = bytes.subarray(-MAC_BYTES);
      const signed = secrets.some((secret) => timingSafeEqual(sign(secret, payload), mac));
      return signed && payload[0] === PURPOSE_BYTE[purpose] ? decodeId(payload.subarray(1)) : null;
    },
    mac: (label, value) => labelled(current, label, value).toString('hex'),
    verify(label, value, mac) {
      const given = Buffer.from(mac, 'hex');
      return secrets.some((secret) => {
        const wanted = labelled(secret, label, value);
        return given.length === wanted.length && timingSafeEqual(given, wanted);
      });
    },
  };
}

/** What the database keeps of a secret, so that a start with a foreign one is noticed. 16 hex digits. */
export function secretFingerprint(secret: string): string {
  return createHash('sha256').update('pressrun fingerprint\0').update(secret).digest('hex').slice(0, 16);
}

function sign(secret: string, payload: Buffer): Buffer {
  return createHmac('sha256', secret)
    .update('pressrun link\0')
    .update(payload)
    .digest()
    .subarray(0, MAC_BYTES);
}

function labelled(secret: string, label: string, value: string): Buffer {
  const hmac = createHmac('sha256', secret).update(`pressrun ${label}\0`).update(value);
  return hmac.digest().subarray(0, MAC_BYTES);
}

function encodePayload(purpose: Purpose, id: number): Buffer {
  const bytes = [PURPOSE_BYTE[purpose]];
  let rest = id;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function decodeId(bytes: Buffer): number | null {
  const id = bytes.reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

function toBase32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

/** Only the spelling that {@link toBase32} writes is read: one token has one text. */
function fromBase32(text: string): Buffer | null {
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
