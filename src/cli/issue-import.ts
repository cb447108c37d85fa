import { readFile } from 'node:fs/promises';
import { showId } from '../ids.ts';
import { type ImportedIssue, importIssue } from '../issues/import-issue.ts';
import { findPublication } from '../publications/publication-store.ts';
import { defineCommand, publicationOption } from './command.ts';
import { withParts } from './with-parts.ts';

export const issueImport = defineCommand({
  args: ['FILE'],
  about: 'Reads an issue from Markdown, and says what it could not place.',
  options: {
    ...publicationOption,
    slug: { value: 'SLUG', about: "its name in addresses, in place of the file's" },
    period: { value: 'PERIOD', about: 'the week (2021-W06), month (2021-02) or year it is the number of' },
    revise: { about: 'make it a new revision of the issue with that slug' },
  },
  async run({ args: [file = ''], options }) {
    const bytes = await readFile(file);
    return withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const { revise, slug, period } = options;
      const imported = await importIssue(db, { publication, bytes, file, revise, slug, period });
      return { value: importValue(imported), text: importText(imported) };
    });
  },
});

function importValue({ issue, document, warnings, missing_pictures, already }: ImportedIssue) {
  return {
    issue: showId('issue', issue.id),
    slug: issue.slug,
    title: document.title,
    picks: document.picks.length,
    sections: document.sections.map(({ title, items }) => ({ title, items: items.length })),
    previous: document.previous?.url ?? null,
    next: document.next?.url ?? null,
    round_ups: document.round_ups,
    warnings,
    missing_pictures,
    already,
  };
}

function importText({ issue, document, warnings, missing_pictures, already }: ImportedIssue): string {
  const items = document.sections.reduce((sum, section) => sum + section.items.length, 0);
  const head = `${showId('issue', issue.id)}  ${document.title}${already ? ' (imported before: nothing changed)' : ''}`;
  return [
    head,
    `${count(document.sections.length, 'section')}, ${count(items, 'item')}, ${count(document.picks.length, 'pick')}`,
    ...warnings.map(({ line, message }) => `line ${line}: ${message}`),
    ...(missing_pictures.length > 0
      ? [
          `${count(missing_pictures.length, 'picture')} not beside the file, shown by the alt text: ${missing_pictures.join(', ')}`,
        ]
      : []),
  ].join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
