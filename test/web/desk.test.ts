import { expect, test } from 'vitest';
import { sendsOfIssue } from '../../src/delivery/send-store.ts';
import { findPublication } from '../../src/publications/publication-store.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk } from './desk-press.ts';
import { issueText, makeIssue, makePublication, makeReader, openPress, sendIssue } from './press.ts';

const press = await openPress(await testDatabase());
const { db } = press;
const weekly = await makePublication(press, 'weekly', { timezone: 'Europe/Berlin' });
const poor = await makePublication(press, 'poor', { postal_address: null });
const desk = await openDesk(press);
for (let at = 0; at < 12; at += 1) await makeReader(press, weekly, `reader${at}@example.com`);
await makeReader(press, weekly, 'gone@example.com', 'unsubscribed');

const WEEKLY = '/desk/p/weekly';

test('an uploaded file becomes an issue, with the pictures it names in folders', async () => {
  const text = issueText('uploaded', { body: 'See.\n\n![A dot](pictures/dot.png)' });
  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const form = { file: { name: 'uploaded.md', bytes: text }, pictures: { name: 'dot.png', bytes: picture } };
  const answer = await desk.upload(`${WEEKLY}/import`, form);
  expect(answer.statusCode).toBe(303);
  const page = await desk.get(answer.headers.location ?? '');
  expect(page.body).toContain('Letter uploaded');
  expect(page.body).not.toContain('not here');
  const again = await desk.upload(`${WEEKLY}/import`, form);
  expect(again.headers.location).toMatch(/said=already$/);
});

test('pasted text becomes an issue too, and what could not be placed is told by its line', async () => {
  const text = issueText('pasted', { body: '![A picture](nowhere.png)' });
  const page = await desk.upload(`${WEEKLY}/import`, { text });
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('Letter pasted');
  expect(page.body).toContain('nowhere.png');
});

test.each([
  ['nothing', {}, 'choose a Markdown file'],
  ['a title alone', { text: 'Hello' }, 'role="alert"'],
  ['a second issue of a slug', { text: issueText('uploaded', { title: 'Another' }) }, 'another slug'],
  ['a file that leads out of its folder', { file: { name: '../../etc/passwd', bytes: 'x' } }, 'role="alert"'],
])('an import of %s is a sentence on the form', async (_what, parts, sentence) => {
  const page = await desk.upload(`${WEEKLY}/import`, parts);
  expect(page.statusCode).toBe(422);
  expect(page.body).toContain(sentence);
});

test('a file of 50 MB is refused with a sentence', async () => {
  const page = await desk.upload(`${WEEKLY}/import`, {
    file: { name: 'big.md', bytes: Buffer.alloc(50 * 1024 * 1024, 'a') },
  });
  expect([413, 422]).toContain(page.statusCode);
  expect(page.body).toContain('larger than');
});

test('a letter is looked at in a frame in which nothing can run', async () => {
  const issue = await makeIssue(press, weekly, 'look');
  const page = await desk.get(`${WEEKLY}/issues/i${issue.id}`);
  expect(page.body).toMatch(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  const letter = await desk.get(`${WEEKLY}/issues/i${issue.id}/letter`);
  expect(letter.headers['content-security-policy']).toContain('sandbox');
  expect(letter.headers['content-security-policy']).toContain("default-src 'none'");
  expect(letter.body).toContain('A headline of look');
  expect(letter.body).not.toMatch(/[\u{E000}-\u{E0FF}]/u);
});

test('an issue is marked ready and taken back, and comes out as the Markdown it went in as', async () => {
  const issue = await makeIssue(press, weekly, 'round-trip');
  const href = `${WEEKLY}/issues/i${issue.id}`;
  await desk.post(`${href}/ready`);
  expect((await desk.get(href)).body).toContain('>ready<');
  await desk.post(`${href}/ready`, { undo: 'yes' });
  expect((await desk.get(href)).body).toContain('>draft<');
  const file = await desk.get(`${href}/export.md`);
  expect(file.headers['content-disposition']).toBe('attachment; filename="round-trip.md"');
  expect(file.body).toContain('## A headline of round-trip');
});

test('a test send goes to one address, and the page says what became of it', async () => {
  const issue = await makeIssue(press, weekly, 'tested');
  const answer = await desk.post(`${WEEKLY}/issues/i${issue.id}/test`, { email: 'me@example.com' });
  expect((await desk.get(answer.headers.location ?? '')).body).toContain('on its way to me@example.com');
  await db
    .updateTable('notices')
    .set({ state: 'rejected', code: 550, reply: '550 no <b>such</b> user' })
    .execute();
  expect((await desk.get(answer.headers.location ?? '')).body).toContain(
    '550 no &lt;b&gt;such&lt;/b&gt; user',
  );
  expect((await desk.post(`${WEEKLY}/issues/i${issue.id}/test`, { email: 'nobody' })).statusCode).toBe(422);
});

test('sending says first how many readers exactly, and then shows a receipt that adds up', async () => {
  const issue = await makeIssue(press, weekly, 'to-send');
  const href = `${WEEKLY}/issues/i${issue.id}/send`;
  expect((await desk.get(href)).body).toContain('Send to 12 readers now');
  const answer = await desk.post(href, { when: 'now' });
  expect(answer.headers.location).toMatch(/^\/desk\/p\/weekly\/sends\/s\d+$/);
  const page = await desk.get(answer.headers.location ?? '');
  const numbers = [...page.body.matchAll(/<td class="number"[^>]*>([\d,]+)<\/td>/g)].map((match) =>
    Number(match[1]),
  );
  expect(numbers.at(-1)).toBe(12);
  expect(numbers.slice(0, -1).reduce((sum, number) => sum + number, 0)).toBe(12);
});

test('a second send of an issue is refused, on the page and when its form is sent all the same', async () => {
  const send = await sendIssue(press, weekly, 'once');
  const href = `${WEEKLY}/issues/once/send`;
  expect((await desk.get(href)).body).not.toContain('<form class="form panel"');
  const answer = await desk.post(href, { when: 'now' });
  expect(answer.statusCode).toBe(422);
  expect(await sendsOfIssue(db, send.issue_id)).toHaveLength(1);
});

test('nothing is sent without a postal address: the page says so and leads to the settings', async () => {
  await makeIssue(press, poor, 'poor-issue');
  const page = await desk.get('/desk/p/poor/issues/poor-issue/send');
  expect(page.body).toContain('no postal address');
  expect(page.body).toContain('href="/desk/p/poor/settings#postal"');
  expect(page.body).not.toContain('Send to');
  expect((await desk.post('/desk/p/poor/issues/poor-issue/send', { when: 'now' })).statusCode).toBe(422);
});

test('a time is a local time of the publication’s', async () => {
  const issue = await makeIssue(press, weekly, 'timed');
  const href = `${WEEKLY}/issues/i${issue.id}/send`;
  expect((await desk.post(href, { when: 'later', at: '' })).body).toContain('Choose a day and a time');
  expect((await desk.post(href, { when: 'later', at: '2020-01-01T08:00' })).statusCode).toBe(422);
  const answer = await desk.post(href, { when: 'later', at: '2021-03-01T08:00' });
  expect(answer.statusCode).toBe(303);
  const [send] = await sendsOfIssue(db, issue.id);
  expect(send?.due_at.toISOString()).toBe('2021-03-01T07:00:00.000Z');
  expect((await desk.get(`${WEEKLY}/issues`)).body).toContain('>scheduled<');
});

test('a send is paused, resumed, cancelled, and sent again to those who did not get it', async () => {
  const send = await sendIssue(press, weekly, 'steered');
  const href = `${WEEKLY}/sends/s${send.id}`;
  const stateOf = async () => /class="tag [a-z]*">([a-z]+)</.exec((await desk.get(href)).body)?.[1];
  const steps: [string, string][] = [
    ['pause', 'paused'],
    ['resume', 'sending'],
    ['cancel', 'cancelled'],
  ];
  for (const [verb, state] of steps) {
    expect((await desk.post(`${href}/${verb}`)).headers.location).toBe(href);
    expect(await stateOf()).toBe(state);
  }
  expect((await desk.post(`${href}/pause`)).statusCode).toBe(422);
  const retry = await desk.post(`${href}/retry`);
  expect(retry.headers.location).not.toBe(href);
  expect((await desk.get(href)).body).toContain('Retries');
});

test('a held send says why it waits, and a waiting one what it waits for', async () => {
  const send = await sendIssue(press, weekly, 'waits');
  const href = `${WEEKLY}/sends/s${send.id}`;
  await db
    .updateTable('sends')
    .set({ waiting_reason: 'the server <refuses>' })
    .where('id', '=', send.id)
    .execute();
  expect((await desk.get(href)).body).toContain('the server &lt;refuses&gt;');
  await db
    .updateTable('sends')
    .set({ state: 'held', held_reason: 'It was due long ago.', waiting_reason: null })
    .where('id', '=', send.id)
    .execute();
  expect((await desk.get(href)).body).toContain('It was due long ago.');
});

test('one publication’s desk shows no other’s issues and sends', async () => {
  const send = await sendIssue(press, weekly, 'private');
  for (const url of [
    `/desk/p/poor/sends/s${send.id}`,
    '/desk/p/poor/issues/private',
    '/desk/p/poor/issues/private/letter',
    '/desk/p/none/issues',
  ]) {
    expect([(await desk.get(url)).statusCode, url]).toEqual([404, url]);
  }
  expect((await desk.post(`/desk/p/poor/sends/s${send.id}/cancel`)).statusCode).toBe(404);
});

test('readers are counted by status, and one is found by the address, which stands in no path', async () => {
  const page = await desk.get(`${WEEKLY}/readers`);
  expect(page.body).toMatch(/<dt>active<\/dt>\s*<dd>12<\/dd>/);
  expect(page.body).toMatch(/<dt>unsubscribed<\/dt>\s*<dd>1<\/dd>/);
  expect((await desk.post(`${WEEKLY}/readers`, { email: 'GONE@example.com' })).body).toContain(
    'unsubscribed',
  );
  expect((await desk.post(`${WEEKLY}/readers`, { email: 'nobody@example.com' })).body).toContain(
    'Nobody with that address',
  );
});

test('settings are kept, and what is wrong is a sentence with the form still filled in', async () => {
  const good = {
    name: 'Poor no more',
    description: '',
    locale: 'de',
    from_name: 'Poor',
    from_address: 'poor@example.com',
    reply_to: '',
    postal_address: 'Gasse 1\n1010 Wien',
    weekday: '1',
    time: '08:00',
    timezone: 'Europe/Vienna',
  };
  expect((await desk.post('/desk/p/poor/settings', good)).headers.location).toBe(
    '/desk/p/poor/settings?said=saved',
  );
  expect(await findPublication(db, 'poor')).toMatchObject({
    name: 'Poor no more',
    postal_address: 'Gasse 1\n1010 Wien',
    slot: { weekday: 1, time: '08:00' },
    reply_to: null,
  });
  const bad = await desk.post('/desk/p/poor/settings', {
    ...good,
    from_address: 'nobody',
    name: 'Kept <as> typed',
  });
  expect(bad.statusCode).toBe(422);
  expect(bad.body).toContain('sender address has no @');
  expect(bad.body).toContain('value="Kept &lt;as&gt; typed"');
  await desk.post('/desk/p/poor/settings', {
    ...good,
    canary_size: '50',
    complained_limit: '0,2',
    breaker: 'off',
  });
  const guards = { canary_size: 50, complained_limit: 0.2, breaker: false, rejected_limit: 10 };
  expect(await findPublication(db, 'poor')).toMatchObject(guards);
  const many = await desk.post('/desk/p/poor/settings', { ...good, canary_size: 'many' });
  expect(many.body).toContain('the canary must be a whole number of readers');
  expect(many.body).toContain('value="many"');
  expect(
    (await desk.post('/desk/p/poor/settings', { ...good, name: 'x\r\nBcc: all@example.com' })).statusCode,
  ).toBe(422);
});
