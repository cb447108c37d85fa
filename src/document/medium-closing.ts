import { says } from './language-words.ts';
import { type Group, type Letter, toMarkdown } from './medium-item.ts';
import type { Part } from './medium-parts.ts';
import { hasArrows, readPastLine } from './medium-past.ts';
import type { Warnings } from './read-result.ts';

/** A headline may hold the same words in a longer sentence. */
const LONGEST_HEADING = 40;

/** Links to other issues, known by their heading, or by arrows between links below a rule. */
export function isPast({ heading, afterRule, parts }: Group): boolean {
  if (parts.some(({ kind }) => kind === 'picture' || kind === 'card')) return false;
  if (says('past', heading) && heading.length <= LONGEST_HEADING) return true;
  const lines = parts.flatMap((part) => (part.kind === 'text' ? part.lines : []));
  return afterRule && lines.some((line) => hasArrows(line) && line.includes(']('));
}

/** Past issues give links, all else closing words. */
export function readClosing(letter: Letter, group: Group, warnings: Warnings): void {
  const past = isPast(group);
  const outro = past ? [] : [`### ${group.heading}`];
  for (const part of group.parts) {
    if (!past || part.kind === 'picture' || part.kind === 'card') outro.push(toMarkdown(part, warnings));
    else outro.push(...readPast(letter, part, warnings));
  }
  letter.outro.push(...outro);
}

/** Takes the links of one part; gives what goes with the closing words. */
function readPast(letter: Letter, part: Part, warnings: Warnings): string[] {
  const lines = part.kind === 'text' ? part.lines : part.kind === 'list' ? part.items : [];
  return lines.flatMap((line, index) => {
    const found = readPastLine(line);
    letter.previous ??= found.previous;
    letter.next ??= found.next;
    letter.round_ups.push(...found.round_ups);
    for (const message of found.warnings) warnings.add(part.line + index, message);
    return found.others.map(({ title, url }) => {
      warnings.add(
        part.line + index,
        `"${title}" is no neighbour and no round-up of this issue: it is kept with the closing words.`,
      );
      return `[${title}](${url})`;
    });
  });
}
