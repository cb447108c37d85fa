import fc from 'fast-check';
import type { Letter, Stamp } from '../../src/outbound/stamp.ts';

export type Slot = 'link' | 'name';

export const letter: Letter<Slot> = {
  from: { name: 'Wöchentlich', address: 'letter@example.com' },
  reply_to: 'editor@example.com',
  subject: 'Ein Brief – 第六周',
  text: ['Hällo.\n.dot\n', { slot: 'link' }, '\nEnd'],
  html: ['<a href="', { slot: 'link' }, '">Hällo</a>'],
  escapeHtml: (value) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
  list: { id: 'weekly.example.com', name: 'The "Weekly"' },
  feedback_id: 'i1:weekly:letter:examplecom',
};

export const stamp: Stamp<Slot> = {
  to: { name: 'Ada', address: 'ada@example.com' },
  message_id: '<d1.2.abc@example.com>',
  date: new Date('2026-11-23T08:00:00Z'),
  unsubscribe_url: 'https://press.test/unsubscribe/abc',
  unsubscribe_mail: 'u+abc@bounces.press.test',
  values: { link: 'https://press.test/?a=1&b=2', name: 'Ada' },
};

export const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('.', '=', '\n', ' ', '\t', '"', '<', '&', 'é', '周', '😀', 'a', '\\', ','),
    maxLength: 200,
  }),
);

/** What documents can hold: no lone control characters, line breaks of one kind. */
export const writable = hostile.map((text) =>
  text.replace(/[^\P{Cc}\n\t]|[\u2028\u2029]/gu, '').toWellFormed(),
);

const piece = fc.oneof(writable, fc.constantFrom<{ slot: Slot }>({ slot: 'link' }, { slot: 'name' }));
export const template = fc.array(piece, { minLength: 1, maxLength: 6 });
