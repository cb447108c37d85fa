import { findPublication } from '../publications/publication-store.ts';
import { showSubscriber } from '../subscribers/show-subscriber.ts';
import { defineCommand, publicationOption } from './command.ts';
import { facts } from './table.ts';
import { withParts } from './with-parts.ts';

export const subscribersShow = defineCommand({
  args: ['EMAIL'],
  about: 'Shows one reader and what happened to them.',
  options: publicationOption,
  run: ({ args: [email = ''], options }) =>
    withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const reader = await showSubscriber(db, publication, email);
      const head = facts([
        ['Reader', reader.email],
        ['Status', reader.status],
        ['Locale', reader.locale],
        ['Suppressed', reader.suppressed],
      ]);
      return {
        value: reader,
        text: [head, ...reader.history.map(({ at, event }) => `${at}  ${event}`)].join('\n'),
      };
    }),
});
