import { listOf } from './providers/event-list.ts';

/** As much of a raw event as a page shows. */
const LONGEST = 20_000;

/**
 * What a raw event says of one address: of an array only the events with it, so that a page about one reader shows no
 * other. What is no JSON is shown as it is.
 *
 * @param email null: the reader is not known any more, and nothing of it is shown.
 */
export function excerptFor(body: Buffer, email: string | null): string {
  if (email === null) return '';
  const named = listOf(body).filter((item) =>
    JSON.stringify(item).toLowerCase().includes(email.toLowerCase()),
  );
  const text =
    named.length > 0 ? named.map((item) => JSON.stringify(item, null, 2)).join('\n') : body.toString();
  return text.slice(0, LONGEST);
}
