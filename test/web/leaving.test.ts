import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { eraseNotices } from '../../src/notices/notice-store.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReader, openPress } from './press.ts';

const press = await openPress(await testDatabase());
const { app, db, tokens, clock } = press;
const weekly = await makePublication(press, 'weekly');
const other = await makePublication(press, 'other');

const URLENCODED = { 'content-type': 'application/x-www-form-urlencoded' };
const MULTIPART = { 'content-type': 'multipart/form-data; boundary=abc' };
const MULTIPART_BODY =
  '--abc\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--abc--\r\n';

let count = 0;
async function reader(publication = weekly) {
  count += 1;
  const { id, email } = await makeReader(press, publication, `reader${count}@example.com`);
  return { id, email, url: `/unsubscribe/${tokens.make('unsubscribe', id)}` };
}

async function statusOf(id: number) {
  const rows = await db.selectFrom('subscribers').select(['id', 'status']).execute();
  return rows.find((row) => Number(row.id) === Number(id))?.status;
}

const forms: [string, Record<string, string>, string][] = [
  ['urlencoded', URLENCODED, 'List-Unsubscribe=One-Click'],
  ['urlencoded with a line break behind it', URLENCODED, 'List-Unsubscribe=One-Click\r\n'],
  ['multipart', MULTIPART, MULTIPART_BODY],
  [
    'multipart with a type on its part',
    MULTIPART,
    MULTIPART_BODY.replace('\r\n\r\n', '\r\nContent-Type: text/plain\r\n\r\n'),
  ],
  ['labelled as plain text', { 'content-type': 'text/plain' }, 'List-Unsubscribe=One-Click'],
  ['with no label', {}, 'List-Unsubscribe=One-Click'],
];

test.each(forms)(
  'a one-click POST, %s, answers an empty 200 and the reader has left',
  async (_name, headers, payload) => {
    const { id, url } = await reader();
    const answer = await app.inject({ method: 'POST', url, headers, payload });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await statusOf(id)).toBe('unsubscribed');
  },
);

test('a one-click POST from any other site, with or without a slash at the end, is taken and never redirected', async () => {
  const { id, url } = await reader(other);
  const headers = { ...URLENCODED, origin: 'https://mail.example.net', 'sec-fetch-site': 'cross-site' };
  const answer = await app.inject({
    method: 'POST',
    url: `/p/other${url}/`,
    headers,
    payload: 'List-Unsubscribe=One-Click',
  });
  expect(answer.statusCode).toBe(200);
  expect(await statusOf(id)).toBe('unsubscribed');
});

test('a repeated one-click POST, and one for a person who was erased, still gets its 200', async () => {
  const { url, email } = await reader();
  const post = () =>
    app.inject({ method: 'POST', url, headers: URLENCODED, payload: 'List-Unsubscribe=One-Click' });
  expect((await post()).statusCode).toBe(200);
  expect((await post()).statusCode).toBe(200);
  await forget(db, email, { eraseElsewhere: eraseNotices, now: clock.now() });
  expect((await post()).statusCode).toBe(200);
});

test('the page’s button does the same and offers a way back, which works once and for an hour', async () => {
  const { id, url } = await reader();
  const done = await app.inject({ method: 'POST', url, headers: URLENCODED, payload: '' });
  expect(done.body).toContain('You have left');
  const undo = /action="(\/undo\/[a-z2-7]+)"/.exec(done.body)?.[1] ?? '';
  expect((await app.inject({ method: 'POST', url: undo })).body).toContain('Good to have you back');
  expect(await statusOf(id)).toBe('active');

  await app.inject({ method: 'POST', url });
  clock.advance(2 * HOUR_MS);
  expect((await app.inject({ method: 'POST', url: undo })).body).not.toContain('Good to have you back');
  expect(await statusOf(id)).toBe('unsubscribed');
});

test('the link of a letter shown again after leaving says that it is done', async () => {
  const { url } = await reader();
  await app.inject({ method: 'POST', url });
  const page = await app.inject({ url });
  expect(page.body).toContain('You have left');
});

test('whoever was erased sees that they have left, and nothing of who they were', async () => {
  const { url, id, email } = await reader();
  const preferences = `/preferences/${tokens.make('preferences', id)}`;
  await forget(db, email, { eraseElsewhere: eraseNotices, now: clock.now() });
  for (const page of [await app.inject({ url }), await app.inject({ url: preferences })]) {
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('You have left');
    expect(page.body).not.toContain(email);
  }
});

test('preferences keep a name, a language and a timezone, and the page speaks it from then on', async () => {
  const { id } = await reader();
  const url = `/preferences/${tokens.make('preferences', id)}`;
  const saved = await app.inject({
    method: 'POST',
    url,
    headers: URLENCODED,
    payload: 'name=Ada+%3Cb%3E&locale=de&timezone=Asia%2FTokyo',
  });
  expect(saved.body).toContain('Gespeichert');
  expect(saved.body).toContain('lang="de"');
  expect(saved.body).toContain('value="Ada &lt;b&gt;"');
  const row = await db
    .selectFrom('subscribers')
    .select(['name', 'locale', 'timezone'])
    .where('id', '=', id)
    .executeTakeFirst();
  expect(saved.body).toContain('<option selected>Asia/Tokyo</option>');
  expect(row).toEqual({ name: 'Ada <b>', locale: 'de', timezone: 'Asia/Tokyo' });
});
