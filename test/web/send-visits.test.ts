import { beforeAll, expect, test } from 'vitest';
import { createSend } from '../../src/delivery/create-send.ts';
import type { SendId } from '../../src/ids.ts';
import { classifyVisits } from '../../src/visits/classify-visits.ts';
import { testDatabase } from '../support/database.ts';
import { makeLinks, makeVisits } from '../visits/visits.ts';
import { openDesk } from './desk-press.ts';
import { makeIssue, makePublication, makeReader, openPress } from './press.ts';

const press = await openPress(await testDatabase());
const { db } = press;
const desk = await openDesk(press);
const weekly = await makePublication(press, 'weekly');
const silent = await makePublication(press, 'silent');
const MINUTE_OF_SEND = new Date('2021-02-08T09:10:00Z');
const later = (seconds: number) => new Date(MINUTE_OF_SEND.getTime() + seconds * 1000);

let send: SendId;
beforeAll(async () => {
  await makeReader(press, weekly, 'ada@example.com');
  await makeReader(press, silent, 'ada@example.com');
  const issue = await makeIssue(press, weekly, 'read');
  send = (await createSend(press.parts, { publication: weekly, issue, at: null, again: false })).id;
  await db.deleteFrom('links').execute();
  const urls = [
    'https://example.com/read',
    'https://www.example.org/',
    'https://example.net/an%20address?x=<y>',
  ];
  const [first = null, second = null, third = null] = await makeLinks(db, send, urls);
  const filter = { send_id: send, who: 'filter' };
  await makeVisits(db, [
    { at: later(0), send_id: send, kind: 'open', who: 'ada' },
    { at: later(9), send_id: send, kind: 'open', who: 'ada' },
    { at: later(20), send_id: send, link_id: first, who: 'ada' },
    ...[first, second, third].map((link_id) => ({ at: later(40), link_id, ...filter })),
    { at: later(41), kind: 'canary link', ...filter },
    { at: later(50), send_id: send, kind: 'open', agent: 'Mozilla/5.0', who: 'apple' },
  ]);
});

const page = async () => {
  const { body } = await desk.get(`/desk/p/weekly/sends/s${send}`);
  return body.replace(/\s+/g, ' ');
};
const row = (html: string, of: string) =>
  html
    .match(/<tr>.*?<\/tr>/g)
    ?.find((each) => each.includes(of))
    ?.replaceAll(/<[^>]+>/g, ' ')
    .trim()
    .split(/ {2,}/);

test('what has just come is said to be looked at, and then shown as people’s and as all', async () => {
  expect(await page()).toContain('8 visits of the last minute are still looked at.');
  await classifyVisits(db, later(60), new AbortController().signal);
  const html = await page();
  expect(html).not.toContain('of the last minute');
  expect(row(html, 'Opened')).toEqual(['Opened', '1', '2', '3']);
  expect(row(html, 'Clicked')).toEqual(['Clicked', '1', '1', '4']);
});

test('each link has its place in the letter, and its headline, or else its host', async () => {
  const html = await page();
  expect(row(html, 'A headline of read')).toEqual(['1', 'A headline of read', '1', '2']);
  expect(row(html, 'example.org')).toEqual(['2', 'example.org', '0', '1']);
  expect(html).toContain('href="https://example.net/an%20address?x=&lt;y&gt;"');
});

test('scanners stand beside, with what gave them away', async () => {
  const html = await page();
  expect(html).toContain('5 visits that are not counted as people’s');
  expect(row(html, 'followed the hidden link as well')).toEqual([
    'scanner',
    'followed the hidden link as well',
    '0',
    '3',
  ]);
  expect(row(html, 'Apple Mail')?.[0]).toBe('unknown');
});

test('the page says what it cannot know, in each mode', async () => {
  expect(await page()).toContain('No link names a reader');
  const set = db.updateTable('publications').where('id', '=', weekly.id);
  await set.set({ tracking: 'individual' }).execute();
  expect(await page()).toContain('Readers who agreed are counted one by one');
  await set.set({ tracking: 'off' }).execute();
  const html = await page();
  expect(html).toContain('does not count opens and clicks');
  expect(row(html, 'Opened')).toEqual(['Opened', '1', '2', '3']);
});

test('a publication that counts nothing shows no table of nothing', async () => {
  await db.updateTable('publications').set({ tracking: 'off' }).where('id', '=', silent.id).execute();
  const issue = await makeIssue(press, silent, 'unread');
  const made = await createSend(press.parts, { publication: silent, issue, at: null, again: false });
  const { body } = await desk.get(`/desk/p/silent/sends/s${made.id}`);
  expect(body).toContain('does not count opens and clicks');
  expect(body).not.toContain('All visits');
});

test('a send that is not out yet has no report', async () => {
  const issue = await makeIssue(press, weekly, 'tomorrow');
  const at = new Date('2021-02-09T09:00:00Z');
  const made = await createSend(press.parts, { publication: weekly, issue, at, again: false });
  expect((await desk.get(`/desk/p/weekly/sends/s${made.id}`)).body).not.toContain('Opens and clicks');
});

test('Prometheus gets them by class', async () => {
  const { body } = await press.app.inject({ url: '/metrics' });
  expect(body).toContain('pressrun_visits_total{publication="weekly",kind="click",class="scanner"} 3');
  expect(body).toContain('pressrun_visits_total{publication="weekly",kind="open",class="unknown"} 1');
});
