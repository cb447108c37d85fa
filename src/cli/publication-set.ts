import { setPublication } from '../publications/edit-publications.ts';
import { Fault } from '../result.ts';
import { defineCommand } from './command.ts';
import { publicationValue } from './publication-facts.ts';
import { publicationFields, publicationOptions } from './publication-options.ts';
import { withParts } from './with-parts.ts';

export const publicationSet = defineCommand({
  args: ['SLUG'],
  about: 'Changes a publication.',
  options: publicationOptions,
  run({ args: [slug = ''], options }) {
    const changes = publicationFields(options);
    if (Object.keys(changes).length === 0) {
      throw new Fault(
        'nothing_to_set',
        'Say what to change: "pressrun publication set --help" lists what can be.',
      );
    }
    return withParts(async ({ database }) => {
      const publication = await setPublication(database.db, slug, changes);
      return { value: publicationValue(publication), text: `Publication ${publication.slug} is changed.` };
    });
  },
});
