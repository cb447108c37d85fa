import type { LimitInForce } from '../../outbound/throttle-store.ts';
import { count } from './desk-page.ts';

/** As people write them; a domain is written as it is. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['gmail', 'Gmail'],
  ['outlook', 'Outlook'],
  ['yahoo', 'Yahoo'],
  ['icloud', 'iCloud'],
  ['gmx', 'GMX'],
]);

/** More than so many are counted and not named. */
const NAMED = 3;

/** Which providers hold readers back by taking less than could be sent; nothing where none does. */
export function throttleWords(limits: readonly LimitInForce[]): string[] {
  const holding = limits.filter(({ holds_back }) => holds_back);
  if (holding.length === 0) return [];
  const named = holding
    .slice(0, NAMED)
    .map(
      ({ provider, per_second }) =>
        `${NAMES.get(provider) ?? provider} takes ${count(Math.round(per_second))} a second just now`,
    );
  const more = holding.length - named.length;
  return more > 0 ? [...named, `${count(more)} more take less than could be sent`] : named;
}
