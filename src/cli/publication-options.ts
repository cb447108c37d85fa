import { parseSlot } from '../publications/slot.ts';
import type { OptionValues } from './command.ts';

/** What `publication create` and `publication set` both take. */
export const publicationOptions = {
  name: { value: 'NAME', about: 'what readers know it by' },
  from: { value: 'ADDRESS', about: 'the address that letters come from' },
  'from-name': { value: 'NAME', about: "the name beside that address (default: the publication's)" },
  postal: { value: 'TEXT', about: 'postal address, in the foot of every letter; nothing is sent without' },
  description: { value: 'TEXT', about: 'a sentence on the page where readers subscribe' },
  'reply-to': { value: 'ADDRESS', about: 'where replies go ("none": to the sender\'s address)' },
  locale: { value: 'LOCALE', about: 'its language, for example de-AT (default: en)' },
  timezone: { value: 'ZONE', about: 'for example Europe/Vienna (default: UTC)' },
  accent: { value: '#RRGGBB', about: 'the colour of its letters and pages, or "none" for the house\'s' },
  slot: { value: '"Mon 08:00"', about: 'when the ready issue goes out each week, or "none"' },
} as const;

/** Only what was given. */
export function publicationFields(options: OptionValues<typeof publicationOptions>) {
  return {
    ...(options.name !== undefined && { name: options.name }),
    ...(options.from !== undefined && { from_address: options.from }),
    ...(options['from-name'] !== undefined && { from_name: options['from-name'] }),
    ...(options.postal !== undefined && { postal_address: options.postal }),
    ...(options.description !== undefined && { description: options.description }),
    ...(options['reply-to'] !== undefined && {
      reply_to: options['reply-to'] === 'none' ? null : options['reply-to'],
    }),
    ...(options.locale !== undefined && { locale: options.locale }),
    ...(options.timezone !== undefined && { timezone: options.timezone }),
    ...(options.accent !== undefined && { accent: options.accent === 'none' ? null : options.accent }),
    ...(options.slot !== undefined && { slot: parseSlot(options.slot) }),
  };
}
