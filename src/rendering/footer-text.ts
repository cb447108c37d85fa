import type { PublicationFacts } from './publication-facts.ts';
import { withoutMarks } from './slots.ts';
import type { Words } from './words.ts';
import { COLUMNS, textWidth, wrapText } from './wrap-text.ts';

export interface FooterLink {
  readonly text: string;
  readonly url: string;
}

interface Footer {
  readonly publication: PublicationFacts;
  readonly said: Words;
  /** Why this came. */
  readonly reason: string;
  readonly links: readonly FooterLink[];
}

/** The end of a text part: why it came, the postal address, the links, each on a line of its own. */
export function footerText({ publication, said, reason, links }: Footer): string {
  return [
    '-'.repeat(COLUMNS),
    wrapText(withoutMarks(reason)),
    '',
    withoutMarks(publication.name),
    ...postalLines(publication),
    ...(links.length > 0 ? [''] : []),
    ...links.map(({ text, url }) => text + said.colon + url),
  ].join('\n');
}

/** The address's lines; the name stands above them already, so an address that opens with it does not repeat it. */
export function postalLines({ name, postal_address }: PublicationFacts): string[] {
  const lines = withoutMarks(postal_address ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  return lines[0] === name.trim() ? lines.slice(1) : lines;
}

/** A heading with a line under it. */
export function ruled(title: string, line: '=' | '-'): string {
  const wrapped = wrapText(withoutMarks(title));
  const widest = Math.max(...wrapped.split('\n').map(textWidth));
  return `${wrapped}\n${line.repeat(widest)}`;
}
