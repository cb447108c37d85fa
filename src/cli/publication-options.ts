import { readNumber, readTracking } from '../publications/publication-fields.ts';
import { parseSlot } from '../publications/slot.ts';
import { Fault } from '../result.ts';
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
  canary: {
    value: 'N',
    about: 'send to so many readers first, and look at the answers ("off": to all at once)',
  },
  'canary-wait': { value: 'MINUTES', about: 'how long to wait for those answers (default: 30)' },
  breaker: { value: 'on|off', about: 'pause a send when too much of it goes wrong (default: on)' },
  'breaker-least': { value: 'N', about: 'but not before so many letters have an outcome (default: 200)' },
  'max-rejected': {
    value: 'PERCENT',
    about: 'too much, for canary and breaker: letters rejected (default: 10)',
  },
  'max-bounced': { value: 'PERCENT', about: 'addresses that are no more (default: 5)' },
  'max-complained': { value: 'PERCENT', about: 'readers who report spam (default: 0.3)' },
  'soft-bounces': {
    value: 'DAYS',
    about: 'days within 30 on which a mailbox may refuse letters before they end (default: 5)',
  },
  tracking: {
    value: 'off|aggregate|individual',
    about:
      'what is counted of opens and clicks: nothing, how many, or whose, of readers who agreed (default: aggregate)',
  },
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
    ...(options.tracking !== undefined && { tracking: readTracking(options.tracking) }),
    ...guardFields(options),
  };
}

function guardFields(options: OptionValues<typeof publicationOptions>) {
  const { canary, breaker } = options;
  return {
    ...(canary !== undefined && { canary_size: canary === 'off' ? 0 : readNumber(canary) }),
    ...(breaker !== undefined && { breaker: readSwitch(breaker) }),
    ...(options['canary-wait'] !== undefined && { canary_wait_minutes: readNumber(options['canary-wait']) }),
    ...(options['breaker-least'] !== undefined && { breaker_least: readNumber(options['breaker-least']) }),
    ...(options['max-rejected'] !== undefined && { rejected_limit: readNumber(options['max-rejected']) }),
    ...(options['max-bounced'] !== undefined && { bounced_limit: readNumber(options['max-bounced']) }),
    ...(options['soft-bounces'] !== undefined && { soft_bounce_days: readNumber(options['soft-bounces']) }),
    ...(options['max-complained'] !== undefined && {
      complained_limit: readNumber(options['max-complained']),
    }),
  };
}

/** @throws {Fault} `bad_switch` */
function readSwitch(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new Fault('bad_switch', `"${text}" is neither "on" nor "off".`);
}
