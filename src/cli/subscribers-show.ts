import { z } from 'zod';
import { findPublication } from '../publications/publication-store.ts';
import { eventWords, showSubscriber } from '../subscribers/show-subscriber.ts';
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
        ['Suppressed', reader.suppressed && `${reader.suppressed}, since ${reader.suppression?.since}`],
      ]);
      return {
        value: reader,
        text: [
          head,
          ...reader.history.map((entry) => `${entry.at}  ${eventWords(entry)}${becauseOf(entry.detail)}`),
        ].join('\n'),
      };
    }),
});

/** Of a change that feedback made: who told so, and in which words. */
const told = z.object({ evidence: z.object({ source: z.string(), reply: z.string().default('') }) });

function becauseOf(detail: object): string {
  const { data } = told.safeParse(detail);
  if (!data) return '';
  const { source, reply } = data.evidence;
  return `  (${[source, reply].filter(Boolean).join(': ')})`;
}
