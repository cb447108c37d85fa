import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ok, type Result, refuse } from '../result.ts';

const deriveKey = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** 32 MiB and about a quarter of a second; OWASP's Password Storage Cheat Sheet gives N=2^15, r=8, p=3. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const SHORTEST = 10;
/** Longer ones would only let a stranger make the server hash megabytes. */
const LONGEST = 200;

/** Letters and digits that nobody takes for one another; 16 of them are 79 bits. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Something like `k7pm-wq3d-x9ht-a4fs`, to be typed once. */
export function oneTimePassword(): string {
  const letters = Array.from({ length: 16 }, () => READABLE[randomInt(READABLE.length)]).join('');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

/** `salt$key`, both base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveKey(password.normalize(), salt, KEY_BYTES, COST);
  return `${salt.toString('base64')}$${key.toString('base64')}`;
}

/** Takes the same time where there is no hash to compare with, so that nobody learns which addresses sign in. */
export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  const [salt = '', key = ''] = (hash ?? 'AAAAAAAAAAAAAAAAAAAAAA==$').split('$');
  const wanted = Buffer.from(key, 'base64');
  const given = await deriveKey(
    password.slice(0, LONGEST).normalize(),
    Buffer.from(salt, 'base64'),
    KEY_BYTES,
    COST,
  );
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

export type PasswordFault = 'too short' | 'too long' | 'the same';

export function checkNewPassword(next: string, current: string): Result<string, PasswordFault> {
  if (next.length < SHORTEST) return refuse('too short');
  if (next.length > LONGEST) return refuse('too long');
  if (next.normalize() === current.normalize()) return refuse('the same');
  return ok(next);
}
