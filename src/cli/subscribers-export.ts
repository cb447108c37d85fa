import { findPublication } from '../publications/publication-store.ts';
import { exportSubscribers } from '../subscribers/export-subscribers.ts';
import { defineCommand, publicationOption } from './command.ts';
import { withParts } from './with-parts.ts';

export const subscribersExport = defineCommand({
  args: [],
  about: 'Prints all readers as CSV, in the form that "subscribers import" reads.',
  options: publicationOption,
  run: ({ options }) =>
    withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      await exportSubscribers(db, publication, process.stdout);
      return null;
    }),
});
