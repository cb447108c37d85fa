import { expect, test } from 'vitest';
import { createPublication, setPublication } from '../../src/publications/edit-publications.ts';
import { basePath } from '../../src/publications/publication.ts';
import { type NewPublication, readNumber } from '../../src/publications/publication-fields.ts';
import {
  findPublication,
  listPublications,
  publicationById,
} from '../../src/publications/publication-store.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();

const WEEKLY: NewPublication = {
  slug: 'weekly',
  name: 'The Weekly Press',
  from_address: 'Press@Example.com',
  postal_address: '1 Type Lane,\r\nLetterton',
};

test('without a publication the message says how to make one', async () => {
  await expect(findPublication(db, null)).rejects.toMatchObject({
    code: 'no_publication',
    message: expect.stringContaining('pressrun publication create'),
  });
});

test('of several first publications made at once exactly one is the default', async () => {
  await Promise.all(['weekly', 'daily', 'monthly'].map((slug) => createPublication(db, { ...WEEKLY, slug })));
  const publications = await listPublications(db);
  expect(publications.map((publication) => publication.is_default)).toEqual([true, false, false]);
  expect(await findPublication(db, null)).toEqual(publications[0]);
});

test('a publication has sensible defaults and keeps what it was given', async () => {
  const publication = await findPublication(db, 'daily');
  expect(publication).toMatchObject({
    name: 'The Weekly Press',
    from_name: 'The Weekly Press',
    from_address: 'Press@example.com',
    postal_address: '1 Type Lane,\nLetterton',
    reply_to: null,
    locale: 'en',
    timezone: 'UTC',
    slot: null,
    unknown_policy: 'resend',
    accent: null,
    canary_size: 0,
    breaker: true,
    breaker_least: 200,
    rejected_limit: 10,
    bounced_limit: 5,
    complained_limit: 0.3,
    soft_bounce_days: 5,
  });
  expect(await publicationById(db, publication.id)).toEqual(publication);
});

test('the default publication stands at the root, any other one under its slug', () => {
  expect(basePath({ slug: 'weekly', is_default: true })).toBe('');
  expect(basePath({ slug: 'daily', is_default: false })).toBe('/p/daily');
});

test('a second publication of the same slug is refused and changes nothing', async () => {
  await expect(createPublication(db, { ...WEEKLY, name: 'Other' })).rejects.toMatchObject({
    code: 'publication_exists',
  });
  expect((await findPublication(db, 'weekly')).name).toBe('The Weekly Press');
});

test('a change touches only what is given, and null takes a thing away', async () => {
  const slot = { weekday: 1, time: '08:00' };
  await setPublication(db, 'weekly', {
    slot,
    timezone: 'Europe/Berlin',
    locale: 'de_at',
    reply_to: 'r@example.com',
  });
  expect(await setPublication(db, 'weekly', { accent: '#aa3300' })).toMatchObject({
    slot,
    timezone: 'Europe/Berlin',
    locale: 'de-AT',
    reply_to: 'r@example.com',
    accent: '#aa3300',
    postal_address: '1 Type Lane,\nLetterton',
  });
  expect(await setPublication(db, 'weekly', { slot: null, postal_address: ' ' })).toMatchObject({
    slot: null,
    postal_address: null,
    reply_to: 'r@example.com',
  });
});

test('a slot counts from when it was set, and saving it again unchanged makes it no younger', async () => {
  const slot = { weekday: 3, time: '09:30' };
  const set = await setPublication(db, 'weekly', { slot, timezone: 'Europe/Berlin' });
  const again = await setPublication(db, 'weekly', { slot, timezone: 'Europe/Berlin', name: 'The Weekly' });
  expect(again.slot_since).toEqual(set.slot_since);
  const moved = await setPublication(db, 'weekly', { timezone: 'Europe/London' });
  expect(moved.slot_since.getTime()).toBeGreaterThan(set.slot_since.getTime());
});

test('an unknown publication cannot be changed', async () => {
  await expect(setPublication(db, 'nowhere', { name: 'X' })).rejects.toMatchObject({
    code: 'unknown_publication',
  });
});

test.each<[string, Partial<NewPublication>]>([
  ['line break in the name', { name: 'News\r\nBcc: eve@example.com' }],
  ['line break in the sender name', { from_name: 'News\nX: y' }],
  ['line break in the address', { from_address: 'a@example.com\r\nBcc: eve@example.com' }],
  ['control character in the reply address', { reply_to: 'a\u0007@example.com' }],
  ['sender address without a domain', { from_address: 'press' }],
  ['unknown timezone', { timezone: 'Mars/Olympus' }],
  ['offset in place of a timezone', { timezone: '+01:00' }],
  ['locale that is no language tag', { locale: 'x y' }],
  ['slug with a slash', { slug: 'a/b' }],
  ['weekday 8', { slot: { weekday: 8, time: '08:00' } }],
  ['hour 24', { slot: { weekday: 1, time: '24:00' } }],
  ['colour that is none', { accent: 'red; }' }],
  ['empty name', { name: ' ' }],
])('a publication with a %s is refused', async (_, wrong) => {
  await expect(createPublication(db, { ...WEEKLY, slug: 'wrong', ...wrong })).rejects.toMatchObject({
    code: 'bad_publication',
    kind: 'usage',
  });
});

test('all that is wrong stands in one message', async () => {
  const wrong = createPublication(db, { slug: 'W', name: '', from_address: 'x', timezone: 'y' });
  await expect(wrong).rejects.toThrow(/name must not be empty.*address has no @.*Europe\/Berlin.*slug must/);
});

test('when a send stops by itself is set for each publication, and nonsense is named', async () => {
  const guards = { canary_size: 100, canary_wait_minutes: 15, breaker: false, complained_limit: 0.1 };
  expect(await setPublication(db, 'daily', guards)).toMatchObject(guards);
  const wrong = { canary_size: -1, rejected_limit: 101, complained_limit: readNumber('few') };
  await expect(setPublication(db, 'daily', wrong)).rejects.toMatchObject({
    code: 'bad_publication',
    message: expect.stringMatching(/canary must be .*limit for rejected letters.*limit for complaints/),
  });
  expect(await findPublication(db, 'daily')).toMatchObject(guards);
});

test('a number may have a comma or a per cent sign, and nothing else', () => {
  expect(['0.3', '0,3', ' 5 % ', '100'].map(readNumber)).toEqual([0.3, 0.3, 5, 100]);
  expect(['', 'five', '5 of 100', '-1', '1e9'].map(readNumber)).toEqual(Array(5).fill(Number.NaN));
});
