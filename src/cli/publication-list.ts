import { listPublications } from '../publications/publication-store.ts';
import { defineCommand } from './command.ts';
import { publicationRow, publicationValue } from './publication-facts.ts';
import { table } from './table.ts';
import { withParts } from './with-parts.ts';

export const publicationList = defineCommand({
  args: [],
  about: 'Lists the publications of this installation.',
  options: {},
  run: () =>
    withParts(async ({ database }) => {
      const publications = await listPublications(database.db);
      const head = ['Slug', 'Name', 'From', 'Slot', ''];
      return {
        value: publications.map(publicationValue),
        text:
          publications.length > 0
            ? table(head, publications.map(publicationRow))
            : 'There is no publication yet.',
      };
    }),
});
