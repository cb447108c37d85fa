import { SECOND_MS } from '../clock.ts';
import type { Tokens } from '../tokens.ts';

/** Faster than a person fills in even one field that the browser completes by itself. */
const LEAST_FILL_MS = 1.2 * SECOND_MS;

/** When a form was shown, signed, so that one posted within a moment of its showing is asked again. */
export function formStamp(tokens: Tokens, now: Date): string {
  const shown = String(now.getTime());
  return `${shown}.${tokens.mac('form', shown)}`;
}

export function isOwnStamp(tokens: Tokens, stamp: string): boolean {
  const [shown = '', mac = ''] = stamp.split('.');
  return tokens.verify('form', shown, mac);
}

/** False for a stamp that is forged or too young. Scripts and pasted forms have none: see the caller. */
export function wasFilledIn(tokens: Tokens, stamp: string, now: Date): boolean {
  return isOwnStamp(tokens, stamp) && now.getTime() - Number.parseInt(stamp, 10) >= LEAST_FILL_MS;
}
