import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { eraseNotices } from '../../src/notices/notice-store.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk } from './desk-press.ts';
import { form, makePublication, makeReader, openPress } from './press.ts';

const press = await openPress(await testDatabase());
const { app, db, tokens, clock } = press;
const weekly = await makePublication(press, 'weekly');
const desk = await openDesk(press);

let count = 0;
/** A reader who has pressed the button on the page, and what they see then. */
async function leaver(locale = 'en') {
  count += 1;
  const { id, email } = await makeReader(press, { ...weekly, locale }, `reader${count}@example.com`);
  const url = `/unsubscribe/${tokens.make('unsubscribe', id)}`;
  const page = await post(url);
  const [, answer = ''] = /action="(\/left\/[a-z2-7]+)"/.exec(page) ?? [];
  return { id, email, url, page, answer };
}

async function post(url: string, fields: Record<string, string> = {}): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return (await app.inject({ method: 'POST', url, headers, payload: form(fields) })).body;
}

const reasons = () => db.selectFrom('leaving_reasons').select(['reason', 'words']).execute();
const historyOf = async (email: string) =>
  (await desk.post('/desk/p/weekly/readers', { email })).body.replaceAll(/<[^>]+>/g, '');

test('whoever has left is asked why, once, and is never asked before', async () => {
  const { id, email } = await makeReader(press, weekly, 'first@example.com');
  const url = `/unsubscribe/${tokens.make('unsubscribe', id)}`;
  expect((await app.inject({ url })).body).not.toContain('name="reason"');
  const page = await post(url);
  expect(page).toContain('Would you tell us why?');
  expect(page).toContain('I want to stay after all');
  for (const again of [await post(url), (await app.inject({ url })).body])
    expect(again).not.toContain('name="reason"');

  const [, answer = ''] = /action="(\/left\/[a-z2-7]+)"/.exec(page) ?? [];
  const thanks = await post(answer, { reason: 'too often', words: 'Once a <month> would do' });
  expect(thanks).toContain('Thank you');
  expect(thanks).toContain('I want to stay after all');
  expect(thanks).not.toContain('name="reason"');
  expect(await post(answer, { reason: 'other', words: 'twice' })).toContain('Thank you');
  expect(await reasons()).toEqual([{ reason: 'too often', words: 'Once a <month> would do' }]);
  expect(await historyOf(email)).toContain(
    'unsubscribed on the page, because: too often (“Once a &lt;month&gt; would do”)',
  );
});

test('the desk counts the reasons, and shows what readers wrote', async () => {
  const page = (await desk.get('/desk/p/weekly/readers/left')).body;
  expect(page).toContain('<dt>Too often</dt><dd>1</dd>');
  expect(page).toContain('1 reader left on the page');
  expect(page).toContain('Once a &lt;month&gt; would do');
  expect((await desk.get('/desk/p/weekly/readers/left?before=x')).statusCode).toBe(200);
  expect((await app.inject({ url: '/desk/p/weekly/readers/left' })).statusCode).toBe(303);
});

test('a one-click POST is not asked, and a made-up answer to it is not kept', async () => {
  const before = await reasons();
  const { id } = await makeReader(press, weekly, 'click@example.com');
  const url = `/unsubscribe/${tokens.make('unsubscribe', id)}`;
  expect(await post(url, { 'List-Unsubscribe': 'One-Click' })).toBe('');
  await post(`/left/${tokens.make('left', id)}`, { reason: 'other' });
  expect(await reasons()).toEqual(before);
});

test('an answer without a choice counts by its words; none at all is none', async () => {
  const before = await reasons();
  const silent = await leaver();
  expect(await post(silent.answer)).toContain('You have left');
  await post(silent.answer, { reason: 'nonsense', words: ' ' });
  expect(await reasons()).toEqual(before);
  const wordy = await leaver();
  await post(wordy.answer, { words: `${'x'.repeat(600)}\0` });
  expect((await reasons()).at(-1)).toEqual({ reason: 'other', words: 'x'.repeat(500) });
});

test('who stays after all takes the reason back, and is asked anew when they leave again', async () => {
  const { id, url, page, answer } = await leaver();
  await post(answer, { reason: 'not relevant' });
  const kept = (await reasons()).length;
  const [, undo = ''] = /action="(\/undo\/[a-z2-7]+)"/.exec(page) ?? [];
  expect(await post(undo)).toContain('Good to have you back');
  expect(await reasons()).toHaveLength(kept - 1);
  expect(await post(answer, { reason: 'other' })).toContain('Good to have you back');
  expect(await reasons()).toHaveLength(kept - 1);
  expect(await post(url)).toContain('name="reason"');
  expect(id).toBeGreaterThan(0);
});

test('a page that stood open for more than a week is thanked, and changes nothing', async () => {
  const { answer } = await leaver();
  const before = await reasons();
  clock.advance(8 * DAY_MS);
  await post(answer, { reason: 'other' });
  expect(await reasons()).toEqual(before);
});

test('a reason goes when its reader is erased', async () => {
  const { email, answer } = await leaver();
  const before = await reasons();
  await post(answer, { reason: 'did not sign up', words: 'Never did' });
  await forget(db, email, { eraseElsewhere: eraseNotices, now: clock.now() });
  expect(await reasons()).toEqual(before);
  expect(await post(answer, { reason: 'other' })).not.toContain('error');
});

test.each([
  ['de', 'Zu viele Ausgaben'],
  ['zh-Hans', '来得太频繁'],
  ['ja', '配信が多すぎる'],
])('it is asked in the reader’s language: %s', async (locale, words) => {
  expect((await leaver(locale)).page).toContain(words);
});
