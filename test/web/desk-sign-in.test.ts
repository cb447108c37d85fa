import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { addEditor } from '../../src/publications/editors.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk, PASSWORD } from './desk-press.ts';
import { form, makePublication, OWN_FORM, openPress } from './press.ts';

const database = await testDatabase();
const press = await openPress(database);
const secure = await openPress(database, { publicUrl: 'https://letters.example.com' });
const strict = await openPress(database, { rates: { signInAccount: { points: 3, windowMs: 60_000 } } });
const { app, db, clock } = press;
await makePublication(press, 'weekly');
const desk = await openDesk(press);

function signIn(email: string, password: string, more: { to?: string; from?: typeof press } = {}) {
  const { from = press, to = '' } = more;
  const payload = form({ email, password, to });
  return from.app.inject({ method: 'POST', url: '/desk/sign-in', headers: OWN_FORM, payload });
}

const pages = [
  '/desk',
  '/desk/p/weekly/issues',
  '/desk/p/weekly/import',
  '/desk/p/weekly/readers',
  '/desk/p/weekly/settings',
];

test.each(pages)('%s asks whoever is not signed in to do that, and then leads there', async (url) => {
  const answer = await app.inject({ url });
  expect(answer.statusCode).toBe(303);
  expect(answer.headers.location).toBe(`/desk/sign-in?to=${encodeURIComponent(url)}`);
});

test('nothing can be changed without signing in', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/desk/p/weekly/settings',
    headers: OWN_FORM,
    payload: 'name=Mine',
  });
  expect(answer.headers.location).toBe('/desk/sign-in');
});

test('the printed password signs in once: nothing opens before it is changed', async () => {
  const { password } = await addEditor(db, 'new@example.com');
  const first = await signIn('new@example.com', password);
  expect(first.headers.location).toBe('/desk/password');
  const cookies = { pressrun_desk: first.cookies[0]?.value ?? '' };
  for (const url of pages) {
    const answer = await app.inject({ url, cookies });
    expect(answer.headers.location).toBe('/desk/password');
  }
  const change = (next: string) => {
    const payload = form({ current: password, next });
    return app.inject({ method: 'POST', url: '/desk/password', cookies, headers: OWN_FORM, payload });
  };
  expect((await change('short')).body).toContain('too short');
  expect((await change(password)).body).toContain('the old one');
  expect((await change('quite long enough')).headers.location).toBe('/desk?said=password');
  expect((await app.inject({ url: '/desk/p/weekly/issues', cookies })).statusCode).toBe(200);
  expect((await signIn('new@example.com', password)).statusCode).toBe(422);
});

test('the cookie is out of reach of scripts and of other sites’ forms, and travels only over https where there is https', async () => {
  const plain = (await signIn('editor@example.com', PASSWORD)).cookies[0];
  expect(plain).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/desk' });
  const kept = (await signIn('editor@example.com', PASSWORD, { from: secure })).cookies[0];
  expect(kept).toMatchObject({ httpOnly: true, secure: true });
});

test('a wrong password and an unknown address get the same sentence', async () => {
  const wrong = await signIn('editor@example.com', 'not it');
  const unknown = await signIn('nobody@example.com', 'not it');
  const shown = (body: string) => /role="alert">([^<]+)/.exec(body)?.[1];
  expect([wrong.statusCode, unknown.statusCode]).toEqual([422, 422]);
  expect(shown(wrong.body)).toBe(shown(unknown.body));
  expect(wrong.body).not.toContain('not it');
});

test('signing in leads to a page of the desk and to no other site', async () => {
  const to = async (target: string) =>
    (await signIn('editor@example.com', PASSWORD, { to: target })).headers.location;
  expect(await to('/desk/p/weekly/readers')).toBe('/desk/p/weekly/readers');
  for (const bad of [
    'https://evil.example.com',
    '//evil.example.com',
    '/desk@evil.example.com',
    '/desk/\\evil',
    '/',
  ]) {
    expect(await to(bad)).toBe('/desk');
  }
});

test('after a few wrong passwords even the right one waits', async () => {
  const codes: number[] = [];
  for (const password of ['one', 'two', 'three', PASSWORD]) {
    codes.push((await signIn('editor@example.com', password, { from: strict })).statusCode);
  }
  expect(codes).toEqual([422, 422, 422, 429]);
});

const foreign = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { origin: 'https://evil.example.com' },
  { origin: 'null' },
  {},
];

test.each(foreign)('a form from elsewhere is refused although the cookie is there: %o', async (headers) => {
  const urls = [
    '/desk/p/weekly/settings',
    '/desk/sign-in',
    '/desk/sign-out',
    '/desk/password',
    '/desk/p/weekly/sends/s1/cancel',
  ];
  for (const url of urls) {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await app.inject({
      method: 'POST',
      url,
      cookies: desk.cookies,
      headers: { ...type, ...headers },
      payload: 'name=x',
    });
    expect([answer.statusCode, url]).toEqual([403, url]);
  }
  expect((await desk.get('/desk/p/weekly/issues')).statusCode).toBe(200);
});

test('an older browser’s form of the desk itself is taken by its Origin', async () => {
  const headers = { origin: 'http://localhost:3000', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await app.inject({
    method: 'POST',
    url: '/desk/p/weekly/readers',
    cookies: desk.cookies,
    headers,
    payload: '',
  });
  expect(answer.statusCode).toBe(200);
});

test('signing out ends the session on the server, not only in the browser', async () => {
  const cookies = { pressrun_desk: (await signIn('editor@example.com', PASSWORD)).cookies[0]?.value ?? '' };
  expect((await app.inject({ url: '/desk/p/weekly/issues', cookies })).statusCode).toBe(200);
  await app.inject({ method: 'POST', url: '/desk/sign-out', cookies, headers: OWN_FORM, payload: '' });
  expect((await app.inject({ url: '/desk/p/weekly/issues', cookies })).statusCode).toBe(303);
});

test('a session ends by itself', async () => {
  const cookies = { pressrun_desk: (await signIn('editor@example.com', PASSWORD)).cookies[0]?.value ?? '' };
  clock.advance(15 * DAY_MS);
  expect((await app.inject({ url: '/desk/p/weekly/issues', cookies })).statusCode).toBe(303);
});
