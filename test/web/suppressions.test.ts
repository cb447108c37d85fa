import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createVerifiers } from '../../src/feedback/verifiers.ts';
import { eraseNotices } from '../../src/notices/notice-store.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { suppressAddress } from '../../src/subscribers/suppress.ts';
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
const daily = await makePublication(press, 'daily');
const desk = await openDesk({ ...press, clock: { ...systemClock, advance: () => {} } });
const LIST = '/desk/p/weekly/readers/suppressions';

async function bounce(...emails: readonly string[]): Promise<void> {
  const { headers, body } = signers.sendgrid(emails.map((email) => hardBounce.sendgrid(email)));
  expect((await press.app.inject({ method: 'POST', url: '/hooks/sendgrid', headers, body })).statusCode).toBe(
    200,
  );
  await processAll(db);
}

/** A reader as sign-ups leave one, then the reader's complaint. */
async function complain(email: string): Promise<void> {
  const { id } = await makeReader(press, weekly, email);
  const { address_hash } = await db
    .selectFrom('subscribers')
    .select('address_hash')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const why = { reason: 'complaint', evidence: {}, now: systemClock.now() } as const;
  await db.transaction().execute((tx) => suppressAddress(tx, { email, address_hash }, why));
}

/** The page of an address, found as an editor finds it. */
async function pageOf(email: string): Promise<string> {
  const found = (await desk.post(LIST, { letters: email })).body;
  return new RegExp(`href="([^"]+)">${email}<`).exec(found)?.[1] ?? '';
}

const statusesOf = async (email: string) =>
  (
    await db
      .selectFrom('subscribers')
      .select('status')
      .where('email', '=', email)
      .orderBy('publication_id')
      .execute()
  ).map(({ status }) => status);

test('a suppression says why, since when, where, and leads to the event as it came', async () => {
  await makeReader(press, weekly, 'ada@example.com');
  await makeReader(press, daily, 'ada@example.com', 'unsubscribed');
  await bounce('ada@example.com');
  const reader = (await desk.post('/desk/p/weekly/readers', { email: 'ada@example.com' })).body;
  const [, href = ''] = /href="([^"]+)">Why, and how to lift it/.exec(reader) ?? [];
  const page = (await desk.get(href)).body;
  expect(page).toContain('this mailbox does not exist');
  expect(page).not.toMatch(/By \.|“”/);
  expect(page).toMatch(/since \d+ \w+ \d{4}/);
  expect(page).toContain('The weekly letter');
  expect(page).toContain('The daily letter');
  const [, evidence = ''] = /href="([^"]+)">The evidence, as it came/.exec(page) ?? [];
  expect((await desk.get(evidence)).body).toContain('bounce_classification');
  expect(await pageOf('ada@example.com')).toBe(href);
});

test('an editor lifts one after reading what it does, and the page says who did it and why', async () => {
  await makeReader(press, weekly, 'ben@example.com');
  await makeReader(press, daily, 'ben@example.com', 'unsubscribed');
  await bounce('ben@example.com');
  const href = await pageOf('ben@example.com');
  const question = (await desk.get(`${href}/lift`)).body;
  expect(question).toContain('so the next letter goes there');
  expect(question).not.toContain('reported a letter as spam');
  expect(await statusesOf('ben@example.com')).toEqual(['bounced', 'unsubscribed']);

  const wordless = await desk.post(`${href}/lift`, { why: ' ' });
  expect([wordless.statusCode, wordless.body.includes('Say in a few words why')]).toEqual([422, true]);
  const done = await desk.post(`${href}/lift`, { why: 'He <wrote> to us' });
  expect([done.statusCode, done.headers.location]).toEqual([303, `${href}?said=lifted`]);
  expect(await statusesOf('ben@example.com')).toEqual(['active', 'unsubscribed']);

  const page = (await desk.get(`${href}?said=lifted`)).body;
  expect(page).toContain('Nothing stands against this address');
  expect(page).toContain('Lifted before');
  expect(page).toContain('editor@example.com');
  expect(page).toContain('He &lt;wrote&gt; to us');
  expect((await desk.post('/desk/p/weekly/readers', { email: 'ben@example.com' })).body).toContain(
    'by editor@example.com: “He &lt;wrote&gt; to us”',
  );
  expect((await desk.post(`${href}/lift`, { why: 'again' })).statusCode).toBe(422);
});

test('a complaint is lifted only after a plain warning and a tick', async () => {
  await complain('cleo@example.com');
  const href = await pageOf('cleo@example.com');
  expect((await desk.get(`${href}/lift`)).body).toContain('This reader reported a letter as spam.');
  const unticked = await desk.post(`${href}/lift`, { why: 'She wrote' });
  expect([unticked.statusCode, unticked.body.includes('Tick the box')]).toEqual([422, true]);
  expect(unticked.body).toContain('She wrote</textarea>');
  expect(await statusesOf('cleo@example.com')).toEqual(['complained']);
  expect((await desk.post(`${href}/lift`, { why: 'She wrote', complaint: 'yes' })).statusCode).toBe(303);
  expect(await statusesOf('cleo@example.com')).toEqual(['active']);
});

test('an editor suppresses an address by hand, known or not, with a reason', async () => {
  expect((await desk.post(`${LIST}/add`, { email: 'dan@example.com', why: '' })).statusCode).toBe(422);
  expect((await desk.post(`${LIST}/add`, { email: 'dan', why: 'x' })).body).toContain('has no @');
  const added = await desk.post(`${LIST}/add`, { email: 'dan@example.com', why: 'Asked us by phone' });
  const page = (await desk.get(String(added.headers.location))).body;
  expect(page).toContain('This address was blocked by hand. By editor@example.com.');
  expect(page).toContain('Asked us by phone');

  await makeReader(press, weekly, 'eve@example.com');
  const reader = (await desk.post('/desk/p/weekly/readers', { email: 'eve@example.com' })).body;
  const [, href = ''] = /href="([^"]+)">Mail to this address/.exec(reader) ?? [];
  expect((await desk.post(href, { why: 'Resells our letters' })).statusCode).toBe(303);
  expect((await desk.get(href)).body).toContain('Resells our letters');
});

test('one who was erased is found by the whole address, and offers nothing to lift', async () => {
  await forget(db, 'fay@example.com', { eraseElsewhere: eraseNotices, now: systemClock.now() });
  expect((await desk.post(LIST, { letters: 'fay@ex' })).body).toContain('No such address is suppressed');
  const found = (await desk.post(LIST, { letters: 'FAY@example.com' })).body;
  const [, href = ''] = /href="([^"]+)">an address that was erased/.exec(found) ?? [];
  const page = (await desk.get(href)).body;
  expect(page).toContain('Nobody can lift this but the person');
  expect(page).not.toContain('/lift"');
  expect((await desk.post(`${href}/lift`, { why: 'x' })).statusCode).toBe(422);
});

test('the list has a page for every fifty, newest first, of all or of one reason, and nobody twice', async () => {
  const now = systemClock.now();
  await db
    .insertInto('suppressions')
    .values(
      Array.from({ length: 120 }, (_, n) => ({
        address_hash: Buffer.from(String(n).padStart(32, '0')),
        email: `many${n}@example.org`,
        reason: n % 2 === 0 ? ('bounce' as const) : ('complaint' as const),
        since: now,
      })),
    )
    .execute();
  const seen: string[] = [];
  for (let url = `${LIST}?reason=bounce`; url !== ''; ) {
    const page = (await desk.get(url)).body;
    seen.push(...[...page.matchAll(/">(many\d+@example\.org)</g)].map(([, email = '']) => email));
    url = (/href="([^"]+)">Older/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&');
  }
  expect([seen.length, new Set(seen).size]).toEqual([60, 60]);
  const part = (await desk.post(LIST, { letters: '@example.org' })).body;
  expect(part).toContain('These are the newest 50');
  expect((await desk.post(LIST, { letters: '%' })).body).toContain('No such address is suppressed');
});

test('nobody reads or lifts a suppression without signing in, and a page for a mistyped one is missing', async () => {
  const href = await pageOf('dan@example.com');
  for (const url of [LIST, `${LIST}/add`, href, `${href}/lift`])
    expect((await press.app.inject({ url })).statusCode).toBe(303);
  for (const hash of ['x', '0'.repeat(64), 'readers'])
    expect((await desk.get(`${LIST}/${hash}`)).statusCode).toBe(404);
  for (const odd of ['?reason=nonsense', '?behind=x', `?behind=yesterday~${'0'.repeat(64)}`])
    expect((await desk.get(LIST + odd)).statusCode).toBe(200);
});
