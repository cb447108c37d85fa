import { expect, test } from 'vitest';
import { HOUR_MS, systemClock } from '../../src/clock.ts';
import { createVerifiers } from '../../src/feedback/verifiers.ts';
import { testDatabase } from '../support/database.ts';
import { processAll } from '../support/feedback.ts';
import { fetchCertificate, hardBounce, secrets, signers } from '../support/hook-samples.ts';
import { openDesk } from './desk-press.ts';
import { makePublication, makeReader, openPress } from './press.ts';

const database = await testDatabase();
const { db } = database;
const hooks = createVerifiers(secrets, fetchCertificate);
const press = await openPress(database, { clock: systemClock, hooks });
const weekly = await makePublication(press, 'weekly');
const desk = await openDesk({ ...press, clock: { ...systemClock, advance: () => {} } });

async function bounce(...emails: readonly string[]): Promise<void> {
  const { headers, body } = signers.sendgrid(emails.map((email) => hardBounce.sendgrid(email)));
  const answer = await press.app.inject({ method: 'POST', url: '/hooks/sendgrid', headers, body });
  expect(answer.statusCode).toBe(200);
  await processAll(db);
}

async function wave(domain: string): Promise<void> {
  const emails = Array.from({ length: 60 }, (_, n) => `reader${n}@${domain}`);
  for (const email of emails) await makeReader(press, weekly, email);
  await bounce(...emails);
}

const bounced = async () =>
  (await db.selectFrom('subscribers').select('id').where('status', '=', 'bounced').execute()).length;

test('why a reader gets no more letters is one click away, as it came, with nobody else’s address', async () => {
  await makeReader(press, weekly, 'ada@example.com');
  await makeReader(press, weekly, 'bob@example.com');
  await bounce('ada@example.com', 'bob@example.com');
  const shown = (await desk.post('/desk/p/weekly/readers', { email: 'ada@example.com' })).body;
  expect(shown).toMatch(/does not exist\. No letter goes there since \d/);
  const [, link = ''] = /href="([^"]+\/readers\/events\/\d+)">why/.exec(shown) ?? [];
  const evidence = (await desk.get(link)).body;
  expect(evidence).toContain('Told by sendgrid');
  expect(evidence).toContain('bounce_classification');
  expect(evidence).toContain('ada@example.com');
  expect(evidence).not.toContain('bob@example.com');
  expect((await press.app.inject({ url: link })).statusCode).toBe(303);
  expect((await desk.get('/desk/p/weekly/readers/events/999999')).statusCode).toBe(404);
});

test('the editor sees a wave, and keeps its readers', async () => {
  const before = await bounced();
  await wave('outage.test');
  expect(await bounced()).toBe(before + 50);
  expect((await desk.get('/desk/p/weekly/readers')).body).toContain('10 of them are in doubt');
  const page = (await desk.get('/desk/p/weekly/readers/held')).body;
  expect(page).toContain('10 addresses');
  expect(page).toContain('@outage.test');
  expect((await desk.post('/desk/p/weekly/readers/held', { as: 'there' })).statusCode).toBe(303);
  expect(await bounced()).toBe(before + 50);
  expect((await desk.get('/desk/p/weekly/readers/held')).body).toContain('No address is in doubt');
});

test('the editor believes a wave, and its readers get no more letters', async () => {
  const before = await bounced();
  await wave('closed.test');
  expect((await desk.post('/desk/p/weekly/readers/held', { as: 'gone' })).statusCode).toBe(303);
  expect(await bounced()).toBe(before + 60);
  expect((await desk.get('/desk/p/weekly/readers/held')).body).toContain('No address is in doubt');
});

test('the editors hear once of a wave, with a link to decide, and again of the next day’s', async () => {
  const told = () =>
    db
      .selectFrom('notices')
      .select(['email', 'params'])
      .where('unique_key', 'like', '%wave:%news.test:%')
      .execute();
  await wave('news.test');
  await makeReader(press, weekly, 'late@news.test');
  await bounce('late@news.test');
  expect(await told()).toHaveLength(1);
  expect((await told())[0]).toMatchObject({
    email: 'editor@example.com',
    params: {
      heading: 'The weekly letter: news.test calls many addresses gone',
      paragraphs: [expect.stringContaining('10 readers are in doubt'), expect.any(String)],
      link: { url: 'http://localhost:3000/desk/p/weekly/readers/held' },
    },
  });
  expect((await desk.get('/desk/p/weekly/readers/held')).body).toContain(
    '<span class="main">news.test</span>',
  );

  await db
    .updateTable('waves')
    .set({ last_at: new Date(systemClock.now().getTime() - 25 * HOUR_MS) })
    .execute();
  await makeReader(press, weekly, 'later@news.test');
  await bounce('later@news.test');
  expect(await told()).toHaveLength(2);
});
