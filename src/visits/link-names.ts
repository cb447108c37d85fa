import { type IssueDocument, issueDocument } from '../document/document.ts';

/** What an issue calls the pages that it links to, by their addresses. */
export function linkNames(document: unknown): ReadonlyMap<string, string> {
  const read = issueDocument.safeParse(document);
  return new Map(read.success ? namesIn(read.data) : []);
}

/** What an address is called where the issue has no name for it: its host, and the path where that says more. */
export function nameOf(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return url;
  const path = parsed.pathname === '/' ? '' : decodeIfPossible(parsed.pathname);
  return parsed.host.replace(/^www\./, '') + path;
}

/** Of two names for one address the last counts, so headlines come last. */
function namesIn({ picks, sections, previous, next, round_ups }: IssueDocument): [string, string][] {
  const links = [...round_ups, ...picks, previous, next].filter((link) => link !== null);
  const items = sections.flatMap((section) => section.items);
  return [
    ...links.map(({ url, title }): [string, string] => [url, title]),
    ...items.flatMap(({ card, headline }): [string, string][] => (card ? [[card.url, headline]] : [])),
    ...items.flatMap(({ url, headline }): [string, string][] => (url === null ? [] : [[url, headline]])),
  ];
}

function decodeIfPossible(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
