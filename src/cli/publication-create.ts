import { createPublication } from '../publications/edit-publications.ts';
import { Fault } from '../result.ts';
import { defineCommand } from './command.ts';
import { publicationValue } from './publication-facts.ts';
import { publicationFields, publicationOptions } from './publication-options.ts';
import { withParts } from './with-parts.ts';

export const publicationCreate = defineCommand({
  args: ['SLUG'],
  about: 'Makes a publication; the first one is the default.',
  options: publicationOptions,
  run({ args: [slug = ''], options }) {
    const { name, from, postal } = options;
    if (!name || !from || !postal) {
      throw new Fault('missing_option', 'A publication needs --name NAME, --from ADDRESS and --postal TEXT.');
    }
    return withParts(async ({ database }) => {
      const fields = {
        ...publicationFields(options),
        slug,
        name,
        from_address: from,
        postal_address: postal,
      };
      const publication = await createPublication(database.db, fields);
      const role = publication.is_default ? ', the default one' : '';
      return {
        value: publicationValue(publication),
        text: `Publication ${publication.slug} is there${role}.`,
      };
    });
  },
});
