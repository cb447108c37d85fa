import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { insertRawEvents } from '../../src/feedback/raw-event-store.ts';
import { createVerifiers } from '../../src/feedback/verifiers.ts';
import { testDatabase } from '../support/database.ts';
import { processAll } from '../support/feedback.ts';
import { fetchCertificate, hardBounce, secrets, signers } from '../support/hook-samples.ts';
import { openDesk } from './desk-press.ts';
import { issueText, makeIssue, makePublication, makeReader, openPress } from './press.ts';

const database = await testDatabase();
const { db } = database;
const hooks = createVerifiers(secrets, fetchCertificate);
const press = await openPress(database, { clock: systemClock, hooks });
const weekly = await makePublication(press, 'weekly');
const desk = await openDesk({ ...press, clock: { ...systemClock, advance: () => {} } });
const INBOX = '/desk/p/weekly/readers/inbox';

const question = (n: number | string) =>
  Buffer.from(
    `From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\r\nSubject: A question ${n}\r\nTo: letter@example.com\r\n\r\nIs <b>this</b> read by anybody?\r\n`,
  );

async function receive(...bodies: readonly Buffer[]): Promise<void> {
  const received = bodies.map((body) => ({
    source: 'mail' as const,
    external_id: randomBytes(8).toString('hex'),
    headers: {},
    body,
  }));
  await insertRawEvents(db, received);
  await processAll(db);
}

test('an empty inbox says so', async () => {
  expect((await desk.get(INBOX)).body).toContain('Nothing came back yet');
});

test('mail that is no report is kept, listed with who wrote it, and opens as it came', async () => {
  await receive(question('about mail'));
  const page = (await desk.get(`${INBOX}?outcome=other`)).body;
  expect(page).toContain('Jörg &lt;joerg@example.org&gt;');
  const [, href = ''] = /href="([^"]+)">A question about mail/.exec(page) ?? [];
  const opened = (await desk.get(href)).body;
  expect(opened).toContain('Is &lt;b&gt;this&lt;/b&gt; read by anybody?');
  const raw = await desk.get(`${href}/raw`);
  expect([raw.headers['content-type'], raw.rawPayload.equals(question('about mail'))]).toEqual([
    'text/plain; charset=utf-8',
    true,
  ]);
});

test('what came is counted by who sent it and what came of it', async () => {
  await makeReader(press, weekly, 'ada@example.com');
  for (const email of ['ada@example.com', 'stranger@example.com']) {
    const { headers, body } = signers.sendgrid([hardBounce.sendgrid(email)]);
    await press.app.inject({ method: 'POST', url: '/hooks/sendgrid', headers, body });
  }
  await processAll(db);
  const text = (await desk.get(INBOX)).body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('mail other 1');
  expect(text).toContain('1 mail to the bounce address: no report');
  expect(text).toContain('sendgrid acted upon');
  const acted = (await desk.get(`${INBOX}?source=sendgrid&outcome=acted+upon`)).body;
  expect(acted).toContain('1 event from sendgrid');
  expect(acted).not.toContain('A question');
});

test('the list of other mail has a page for every fifty, newest first, and each mail once', async () => {
  await receive(...Array.from({ length: 60 }, (_, n) => question(`${n};`)));
  const seen: string[] = [];
  for (let url = `${INBOX}?outcome=other`; url !== ''; ) {
    const page = (await desk.get(url)).body;
    seen.push(...[...page.matchAll(/A question (\d+);/g)].map(([, n = '']) => n));
    const [, older = ''] = /href="([^"]+)">Older/.exec(page) ?? [];
    url = older.replaceAll('&amp;', '&');
  }
  expect([seen.length, new Set(seen).size]).toEqual([60, 60]);
});

test('an automatic reply is told apart from mail that is for a person', async () => {
  await receive(
    Buffer.from(
      'From: ada@example.com\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nBack soon.\r\n',
    ),
  );
  expect((await desk.get(`${INBOX}?outcome=other`)).body).not.toContain('>Away<');
  expect((await desk.get(`${INBOX}?outcome=auto-reply`)).body).toContain('>Away<');
});

test('nobody reads what came back without signing in; what is not there is missing', async () => {
  const [first] = await db.selectFrom('raw_events').select('id').execute();
  for (const url of [INBOX, `${INBOX}/${first?.id}`, `${INBOX}/${first?.id}/raw`])
    expect((await press.app.inject({ url })).statusCode).toBe(303);
  for (const id of ['0', 'x', '999999', '99999999999999999999'])
    expect((await desk.get(`${INBOX}/${id}`)).statusCode).toBe(404);
  for (const odd of ['?outcome=nonsense', "?source=a'b", '?before=x'])
    expect((await desk.get(INBOX + odd)).statusCode).toBe(200);
});

test('with nobody to send to, the page says how readers come', async () => {
  const empty = await makePublication(press, 'empty');
  await makeIssue(press, empty, 'first', issueText('first'));
  const page = (await desk.get('/desk/p/empty/issues/first/send')).body;
  expect(page).toContain('Nobody is subscribed yet');
  expect(page).toContain('href="/p/empty/"');
  expect(page).toContain('href="/p/empty/embed"');
});
