import { createHmac, timingSafeEqual } from 'node:crypto';
import { fromBase32, toBase32 } from './base32.ts';

/** What a sealed text carries: what it is for (one byte), and ids. */
export interface Sealed {
  readonly purpose: number;
  readonly ids: readonly number[];
}

const MAC_BYTES = 16;

/**
 * `purpose byte | ids (varints) | 16 bytes of HMAC-SHA256` in lower-case base32. Ids are safe integers, so one id
 * makes at most 40 letters, two at most 53.
 *
 * @param label what else is sealed with the same secret is another label's, and never read as this.
 */
export function seal(secret: string, label: string, { purpose, ids }: Sealed): string {
  const payload = Buffer.from([purpose, ...ids.flatMap(varint)]);
  return toBase32(Buffer.concat([payload, macOf(secret, label, payload)]));
}

/** Null for a text that is forged, cut short, or sealed with none of the secrets. Case does not matter. */
export function unseal(secrets: readonly string[], label: string, text: string): Sealed | null {
  const bytes = fromBase32(text);
  if (bytes === null || bytes.length <= MAC_BYTES + 1) return null;
  const payload = bytes.subarray(0, -MAC_BYTES);
  const mac = bytes.subarray(-MAC_BYTES);
  const known = secrets.some((secret) => timingSafeEqual(macOf(secret, label, payload), mac));
  const [purpose = 0, ...rest] = payload;
  return known ? { purpose, ids: readVarints(rest) } : null;
}

/** HMAC-SHA256, bound to its label; the first 16 bytes of it. */
export function macOf(secret: string, label: string, value: Buffer | string): Buffer {
  const hmac = createHmac('sha256', secret).update(`pressrun ${label}\0`).update(value);
  return hmac.digest().subarray(0, MAC_BYTES);
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(id: number): number[] {
  return id < 128 ? [id] : [(id % 128) | 128, ...varint(Math.floor(id / 128))];
}

function readVarints(bytes: readonly number[]): number[] {
  const ids: number[] = [];
  let id = 0;
  let unit = 1;
  for (const byte of bytes) {
    id += (byte & 127) * unit;
    unit *= 128;
    if (byte < 128) {
      ids.push(id);
      id = 0;
      unit = 1;
    }
  }
  return ids;
}
