import type { KyselyPlugin } from 'kysely';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Db } from '../../src/db/database.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import { saveAsset } from '../../src/issues/asset-store.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { contrast } from '../../src/rendering/palette.ts';
import { testDatabase } from '../support/database.ts';
import { issueText, makeIssue, makePublication, openPress, sendIssue } from './press.ts';

const database = await testDatabase();
const press = await openPress(database);
const { app, db } = press;
const without = await openPress(database, {
  queues: { add: async () => {}, check: () => Promise.reject(new Error('away')) },
});
let isFailing = false;
const logged: string[] = [];
const broken = await openPress(database, {
  log: pino({ level: 'debug' }, { write: (line) => logged.push(line) }),
  db: failingDb(),
});

/** A database whose queries, once the test says so, fail as Postgres does, with a row's values in the detail. */
function failingDb(): Db {
  const failure = Object.assign(new Error('boom'), { detail: 'Key (email)=(reader@example.com) exists' });
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (isFailing) throw failure;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return database.db.withPlugin(plugin);
}
const weekly = await makePublication(press, 'weekly', {
  name: 'Weekly <script>alert(1)</script>',
  description: 'About "things" & more',
});
const other = await makePublication(press, 'other');

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

await sendIssue(press, weekly, 'sent-one');
await sendIssue(press, weekly, 'sent-two');
await makeIssue(press, weekly, 'draft');
await sendIssue(press, other, 'elsewhere');

test('the archive lists what was sent, newest first, and nothing else', async () => {
  const page = await app.inject({ url: '/archive' });
  const links = [...page.body.matchAll(/href="(\/issues\/[^"]+)"/g)].map((match) => match[1]);
  expect(links).toEqual(['/issues/sent-two', '/issues/sent-one']);
});

test('a sent issue has a page; a draft, another publication’s issue and an id have none', async () => {
  expect((await app.inject({ url: '/issues/sent-one' })).body).toContain('A headline of sent-one');
  for (const url of [
    '/issues/draft',
    '/issues/elsewhere',
    '/p/other/issues/sent-one',
    '/issues/i1',
    '/issues/nothing',
  ]) {
    expect([(await app.inject({ url })).statusCode, url]).toEqual([404, url]);
  }
});

test('a scheduled issue is not public before it is frozen', async () => {
  const issue = await makeIssue(press, weekly, 'later');
  await createSend(press.parts, {
    publication: weekly,
    issue,
    at: new Date('2021-03-01T08:00:00Z'),
    again: false,
  });
  expect((await app.inject({ url: '/issues/later' })).statusCode).toBe(404);
});

test('another publication’s pages link within its own path', async () => {
  const page = await app.inject({ url: '/p/other/' });
  expect(page.body).toContain('href="/p/other/issues/elsewhere"');
  expect(page.body).toContain('href="/p/other/archive"');
  expect((await app.inject({ url: '/p/other/issues/elsewhere' })).statusCode).toBe(200);
});

test('an issue corrected after it was sent shows the correction, says so, and keeps what was sent', async () => {
  const text = issueText('sent-one', { body: 'The corrected sentence.' });
  await importIssue(db, { publication: weekly, bytes: Buffer.from(text), file: null, revise: true });
  const corrected = await app.inject({ url: '/issues/sent-one' });
  expect(corrected.body).toContain('The corrected sentence.');
  expect(corrected.body).toContain('Corrected on');
  const asSent = await app.inject({ url: '/issues/sent-one?as=sent' });
  expect(asSent.body).toContain('A sentence about it.');
  expect(asSent.body).not.toContain('The corrected sentence.');
  expect((await app.inject({ url: '/issues/sent-two' })).body).not.toContain('Corrected on');
});

test('what an editor writes never becomes markup of the page', async () => {
  const page = await app.inject({ url: '/' });
  expect(page.body).toContain('Weekly &lt;script&gt;');
  expect(page.body).not.toContain('<script>alert');
  expect(page.body).toContain('content="About &#34;things&#34; &amp; more"');
});

test('pages carry a policy under which no foreign script, style or frame can run', async () => {
  const page = await app.inject({ url: '/' });
  expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(page.headers['x-content-type-options']).toBe('nosniff');
  expect(page.body).not.toMatch(/\sstyle=|<style|\son[a-z]+=/);
});

test('a publication with a colour of its own has it on its pages, readable by day and by night', async () => {
  expect((await press.app.inject('/')).body).not.toContain('/theme.css');
  await press.db
    .updateTable('publications')
    .set({ theme: '{"accent":"#ffee00"}' })
    .where('is_default', '=', true)
    .execute();
  const [, href = ''] = /href="(\/theme\.css[^"]*)"/.exec((await press.app.inject('/')).body) ?? [];
  const css = (await press.app.inject(href)).body;
  const [light = '', dark = ''] = [...css.matchAll(/--accent:(#[0-9a-f]{6})/g)].map(
    ([, colour = '']) => colour,
  );
  expect(contrast(light, '#ffffff')).toBeGreaterThanOrEqual(4.5);
  expect(contrast(dark, '#131211')).toBeGreaterThanOrEqual(4.5);
});

test('a picture is served by the hash of its bytes, for ever, and only under its own extension', async () => {
  const { hash, extension } = await saveAsset(db, PIXEL);
  const answer = await app.inject({ url: `/assets/${hash}.${extension}` });
  expect(answer.rawPayload.equals(PIXEL)).toBe(true);
  expect(answer.headers).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  for (const file of [`${hash}.jpg`, `${hash.replace(/./, 'g')}.png`, '..%2f..%2fpackage.json', 'x']) {
    expect((await app.inject({ url: `/assets/${file}` })).statusCode).toBe(404);
  }
});

test('health says that the process answers, readiness that database and queue do too', async () => {
  expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200);
  const ready = await app.inject({ url: '/readyz' });
  expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'ready', postgres: true, queue: true }]);
  expect((await without.app.inject({ url: '/readyz' })).statusCode).toBe(503);
});

test('what is not there is a friendly page in the reader’s language', async () => {
  const page = await app.inject({ url: '/nothing/here', headers: { 'accept-language': 'de-AT,de;q=0.9' } });
  expect(page.statusCode).toBe(404);
  expect(page.body).toContain('Hier ist nichts');
});

test('from what is not there, the publication whose path it was is one click away', async () => {
  const home = (base: string) => `<a class="home" href="${base}/">`;
  expect((await app.inject({ url: '/nothing/here' })).body).toContain(home(''));
  expect((await app.inject({ url: '/p/other/nothing' })).body).toContain(home('/p/other'));
  expect((await app.inject({ url: '/p/none/nothing' })).body).not.toContain('class="home"');
});

test('a fault of ours is a friendly page without its reason, which goes to the log without an address', async () => {
  isFailing = true;
  const page = await broken.app.inject({ url: '/archive' });
  expect(page.statusCode).toBe(500);
  expect(page.body).toContain('Something went wrong');
  expect(page.body).not.toContain('boom');
  expect(logged.join('')).toContain('boom');
  expect(logged.join('')).not.toContain('reader@example.com');
});

test('an installation without a publication answers 404 and not a fault', async () => {
  await db.updateTable('publications').set({ is_default: false }).execute();
  expect((await app.inject({ url: '/' })).statusCode).toBe(404);
  await db.updateTable('publications').set({ is_default: true }).where('id', '=', weekly.id).execute();
});
