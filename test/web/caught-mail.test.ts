import { expect, test } from 'vitest';
import { parseCaught } from '../../src/embedded/caught-mail.ts';
import { findCaught, insertCaught, listCaught } from '../../src/embedded/caught-mail-store.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk } from './desk-press.ts';
import { makePublication, openPress } from './press.ts';

const database = await testDatabase();
const { db } = database;
const caughtMail = {
  list: (page: Parameters<typeof listCaught>[1]) => listCaught(db, page),
  find: (id: Parameters<typeof findCaught>[1]) => findCaught(db, id),
  parse: parseCaught,
};
const press = await openPress(database, { caughtMail });
const open = await openPress(database, { caughtMail, host: '0.0.0.0' });
const behind = await openPress(database, { caughtMail, publicUrl: 'https://letters.example.com' });
const without = await openPress(database);
const { app } = press;
await makePublication(press, 'weekly');

const raw = `From: Weekly <weekly@example.com>\r
To: reader@example.com\r
Subject: Hello =?utf-8?q?=3Cb=3E?=\r
MIME-Version: 1.0\r
Content-Type: text/html\r
\r
<p>Hello</p><script>alert(1)</script>\r
`;
const [id] = await insertCaught(db, [
  {
    mail_from: 'weekly@example.com',
    rcpt_to: ['reader@example.com'],
    subject: 'Hello <b>',
    raw: Buffer.from(raw),
  },
]);

const HOST = { host: 'localhost:3000' };
const pages = ['/desk/mail', `/desk/mail/${id}`, `/desk/mail/${id}/html`, `/desk/mail/${id}/raw`];

test.each(pages)('%s needs no signing in at the machine itself', async (url) => {
  expect((await app.inject({ url, headers: HOST })).statusCode).toBe(200);
});

test.each([
  ['another address', press, HOST, '192.0.2.1'],
  ['a proxy on the machine', press, { ...HOST, 'x-forwarded-for': '192.0.2.1' }, '127.0.0.1'],
  ['another site’s name for 127.0.0.1', press, { host: 'evil.example.com' }, '127.0.0.1'],
  ['a press that listens to the world', open, HOST, '127.0.0.1'],
  ['a press with an address of its own', behind, HOST, '127.0.0.1'],
])('caught mail is behind signing in for %s', async (_who, from, headers, remoteAddress) => {
  for (const url of pages) {
    const answer = await from.app.inject({ url, headers, remoteAddress });
    expect(answer.statusCode).toBe(303);
  }
});

test('an editor sees caught mail from anywhere', async () => {
  const { cookies } = await openDesk(press);
  const answer = await app.inject({ url: '/desk/mail', cookies, remoteAddress: '192.0.2.1' });
  expect(answer.statusCode).toBe(200);
});

test('a mail is shown as text of the page and, in a frame where no script runs, as it is', async () => {
  const page = await app.inject({ url: `/desk/mail/${id}`, headers: HOST });
  expect(page.body).toContain('Hello &lt;b&gt;');
  expect(page.body).not.toContain('<script>alert');
  const html = await app.inject({ url: `/desk/mail/${id}/html`, headers: HOST });
  expect(html.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  expect(html.headers['content-security-policy']).not.toContain('allow-scripts');
});

test('the raw message is plain text, to the byte', async () => {
  const answer = await app.inject({ url: `/desk/mail/${id}/raw`, headers: HOST });
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.body).toBe(raw);
});

test('there are no such pages where mail goes out, and none for a mail that is not there', async () => {
  expect((await without.app.inject({ url: '/desk/mail', headers: HOST })).statusCode).toBe(404);
  for (const url of ['/desk/mail/999', '/desk/mail/x', '/desk/mail/999/html']) {
    expect((await app.inject({ url, headers: HOST })).statusCode).toBe(404);
  }
});
