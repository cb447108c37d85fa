import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { setPublication } from '../../src/publications/edit-publications.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk } from './desk-press.ts';
import { issueText, makeIssue, makePublication, openPress, sendIssue } from './press.ts';

const press = await openPress(await testDatabase());
const { app, db } = press;
const weekly = await makePublication(press, 'weekly', { timezone: 'Europe/Berlin' });
await makePublication(press, 'poor', { postal_address: null });
const desk = await openDesk(press);
const WEEKLY = '/desk/p/weekly';

/** What a person reads, without the page's markup. */
const read = (html: string) => html.replaceAll(/<[^>]+>/g, ' ');

test('no page of the desk advises to run a command', async () => {
  const send = await sendIssue(press, weekly, 'sent');
  await makeIssue(press, weekly, 'draft');
  await makeIssue(press, await makePublication(press, 'third', { postal_address: null }), 'unsent');
  const over = `${WEEKLY}/sends/s${send.id}`;
  await desk.post(`${over}/cancel`);
  const answers = [
    await app.inject({ url: '/desk/sign-in' }),
    await desk.get('/desk/p/none/issues'),
    await desk.get(`${WEEKLY}/issues/none`),
    await desk.get(`${WEEKLY}/sends/s999`),
    await desk.get(`${WEEKLY}/sends/none`),
    await desk.post(`${over}/resume`),
    await desk.post(`${over}/pause`),
    await desk.post(`${over}/cancel`),
    await desk.post(`${WEEKLY}/issues/sent/send`, { when: 'now' }),
    await desk.post(`${WEEKLY}/issues/draft/send`, { when: 'later', at: '2020-01-01T08:00' }),
    await desk.post('/desk/p/third/issues/unsent/send', { when: 'now' }),
    await desk.upload(`${WEEKLY}/import`, { text: issueText('sent', { title: 'Another' }) }),
    await desk.upload(`${WEEKLY}/import`, { text: 'no issue' }),
  ];
  for (const { statusCode, body } of answers) {
    expect(statusCode).toBeLessThan(500);
    expect(read(body)).not.toMatch(/\bpressrun [a-z]|\s--[a-z]|\d{4}-\d\d-\d\dT\d\d/);
  }
});

test('no template of the desk names a command', () => {
  const templates = globSync('src/web/views/**/*.liquid');
  expect(templates.length).toBeGreaterThan(10);
  for (const file of templates) expect(readFileSync(file, 'utf8')).not.toMatch(/npx|pressrun [a-z]/);
});

test('what is not there keeps the desk around it, with the way back to the publication’s issues', async () => {
  for (const url of [`${WEEKLY}/issues/none`, `${WEEKLY}/sends/s999`]) {
    const page = await desk.get(url);
    expect(page.statusCode).toBe(404);
    expect(page.body).toContain('aria-label="Desk"');
    expect(page.body).toContain(`<a class="button plain" href="${WEEKLY}/issues">Back</a>`);
  }
  const nowhere = await desk.get('/desk/nowhere');
  expect(nowhere.statusCode).toBe(404);
  expect(nowhere.body).toContain('Sign out');
});

test('an address that no test can go to is a sentence beside its field, with what was typed', async () => {
  await makeIssue(press, weekly, 'tested');
  const page = await desk.post(`${WEEKLY}/issues/tested/test`, { email: 'no<body' });
  expect(page.statusCode).toBe(422);
  expect(page.body).toContain('value="no&lt;body" aria-invalid="true"');
  expect(page.body).toContain('has no @');
});

test('a file that cannot be read is named: the browser has let go of it', async () => {
  const file = { name: 'week <6>.md', bytes: 'no issue' };
  const page = await desk.upload(`${WEEKLY}/import`, { file });
  expect(page.statusCode).toBe(422);
  expect(page.body).toContain('Choose “week &lt;6&gt;.md” once more');
  expect((await desk.upload(`${WEEKLY}/import`, { text: 'no issue' })).body).not.toContain('once more');
});

test('a test that was refused is no good news', async () => {
  await makeIssue(press, weekly, 'refused');
  const { headers } = await desk.post(`${WEEKLY}/issues/refused/test`, { email: 'me@example.com' });
  const toned = async () =>
    /<p class="note (\w*) flash"/.exec((await desk.get(headers.location ?? '')).body)?.[1];
  expect(await toned()).toBe('wait');
  expect((await desk.get(headers.location ?? '')).body).toContain('Look again');
  await db.updateTable('notices').set({ state: 'rejected', reply: '550 no' }).execute();
  expect(await toned()).toBe('bad');
  await db.updateTable('notices').set({ state: 'accepted', reply: '250 ok' }).execute();
  expect(await toned()).toBe('good');
});

test('a ready issue says when it goes out, and that it does not without a slot', async () => {
  await makeIssue(press, weekly, 'waiting');
  const href = `${WEEKLY}/issues/waiting`;
  await desk.post(`${href}/ready`);
  expect((await desk.get(href)).body).toContain('There is no weekly slot');
  await setPublication(db, 'weekly', { slot: { weekday: 1, time: '08:00' } });
  expect((await desk.get(href)).body).toContain('Mon, 15 Feb 2021, 08:00 (Europe/Berlin)');
  expect((await desk.get(`${WEEKLY}/issues`)).body).toContain(
    '“Letter waiting” goes out on Mon, 15 Feb 2021',
  );
  await desk.post(`${href}/ready`, { undo: 'yes' });
  expect((await desk.get(`${WEEKLY}/issues`)).body).toContain('No issue is ready for it');
});
