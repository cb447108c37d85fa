import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { createTransport } from 'nodemailer';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { type Catcher, startCatcher } from '../../src/embedded/catcher.ts';
import { parseCaught } from '../../src/embedded/caught-mail.ts';
import { countCaught, findCaught, listCaught } from '../../src/embedded/caught-mail-store.ts';
import { silentLog } from '../../src/log.ts';
import { testDatabase } from '../support/database.ts';

const { db, url: databaseUrl } = await testDatabase();
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  await db.deleteFrom('caught_mails').execute();
});

async function catcher(parts: Partial<Parameters<typeof startCatcher>[0]> = {}): Promise<Catcher> {
  const started = await startCatcher({ db, sizeLimit: 100_000, keep: 1000, log: silentLog, ...parts });
  open.push(started);
  return started;
}

function transport({ url }: Catcher, connections = 1) {
  const options = { url, pool: true, maxConnections: connections, maxMessages: Number.POSITIVE_INFINITY };
  const mailer = createTransport(options, { from: 'press@example.com' });
  open.push(mailer);
  return mailer;
}

const LETTER = {
  to: 'reader@example.com',
  subject: 'Week 7 — Überblick',
  text: 'Hello',
  html: '<p>Hello</p>',
};

test.each([
  ['nouser', 550, '5.1.1'],
  ['NoUser', 550, '5.1.1'],
  ['full', 552, '5.2.2'],
  ['later', 451, '4.2.0'],
])('mail to %s@... is refused with %i %s', async (localPart, code, enhanced) => {
  const sent = transport(await catcher()).sendMail({ ...LETTER, to: `${localPart}@example.com` });
  await expect(sent).rejects.toMatchObject({
    responseCode: code,
    response: expect.stringMatching(new RegExp(`^${code} ${enhanced} `)),
    command: 'RCPT TO',
  });
  expect(await countCaught(db)).toBe(0);
});

test.each(['reader', 'nouser-2', 'nouser+x', 'constructor', 'grüße'])(
  'mail to %s@... is taken',
  async (localPart) => {
    const to = `${localPart}@example.com`;
    const { response } = await transport(await catcher()).sendMail({ ...LETTER, to });
    const [caught] = await listCaught(db, { limit: 10 });
    expect(caught).toMatchObject({ mail_from: 'press@example.com', rcpt_to: [to] });
    expect(response).toBe(`250 2.0.0 Caught as ${caught?.id}`);
  },
);

test('a refused recipient keeps no other one from the mail', async () => {
  const to = ['one@example.com', 'full@example.com'];
  const sent = await transport(await catcher()).sendMail({ ...LETTER, to });
  expect(sent.accepted).toEqual(['one@example.com']);
  expect((await listCaught(db, { limit: 1 }))[0]?.rcpt_to).toEqual(['one@example.com']);
});

test('a caught mail is kept byte for byte and shows as it was written', async () => {
  const headers = { 'X-Kind': 'News <news.example.com>', 'X-Long': `${'word '.repeat(30)}end` };
  const mail = { ...LETTER, text: '.\r\n..two dots\r\nHello', headers };
  await transport(await catcher()).sendMail(mail);
  const [summary] = await listCaught(db, { limit: 1 });
  expect(summary?.subject).toBe('Week 7 — Überblick');
  const found = summary && (await findCaught(db, summary.id));
  expect(found?.raw.length).toBe(summary?.bytes);

  const parsed = await parseCaught(found?.raw ?? Buffer.alloc(0));
  expect(parsed).toMatchObject({
    subject: 'Week 7 — Überblick',
    from: 'press@example.com',
    to: 'reader@example.com',
    html: '<p>Hello</p>',
  });
  expect(parsed.text?.trim()).toBe('.\n..two dots\nHello');
  expect(parsed.headers).toContainEqual({ name: 'X-Kind', value: 'News <news.example.com>' });
  expect(parsed.headers).toContainEqual({ name: 'X-Long', value: `${'word '.repeat(30)}end` });
});

test('a mail without a text part shows none, and one without HTML none', async () => {
  const html = await parseCaught(Buffer.from('Content-Type: text/html\r\n\r\n<p>Hi</p>\r\n'));
  expect([html.html?.trim(), html.text]).toEqual(['<p>Hi</p>', null]);
  const text = await parseCaught(Buffer.from('Subject: x\r\n\r\nHi\r\n'));
  expect([text.html, text.text?.trim()]).toEqual([null, 'Hi']);
});

test('bytes that are no mail are kept and shown all the same', async () => {
  const mailer = transport(await catcher());
  const raw = Buffer.from('\0\x01 no header here \xff\r\n', 'latin1');
  await mailer.sendMail({ envelope: { from: 'a@example.com', to: 'b@example.com' }, raw });
  const [caught] = await listCaught(db, { limit: 1 });
  expect(caught?.subject).toBe('');
  expect((await parseCaught(raw)).html).toBe(null);
});

test('the list is newest first, in pages, and can be of one address', async () => {
  const mailer = transport(await catcher());
  for (const to of ['a@example.com', 'b@xn--bcher-kva.example', 'A@example.com']) {
    await mailer.sendMail({ ...LETTER, to });
  }
  const firstPage = await listCaught(db, { limit: 2 });
  expect(firstPage.map((mail) => mail.rcpt_to[0])).toEqual(['A@example.com', 'b@bücher.example']);
  const secondPage = await listCaught(db, { limit: 2, before: firstPage[1]?.id });
  expect(secondPage.map((mail) => mail.rcpt_to[0])).toEqual(['a@example.com']);
  expect(await listCaught(db, { limit: 9, to: 'a@EXAMPLE.com' })).toHaveLength(2);
  expect(await countCaught(db, { to: 'b@xn--bcher-kva.example' })).toBe(1);
  expect(await countCaught(db, { to: 'example.com' })).toBe(0);
});

test('only the newest mails are kept', async () => {
  const one = await catcher({ keep: 5 });
  const mailer = transport(one);
  for (let number = 1; number <= 12; number++)
    await mailer.sendMail({ ...LETTER, subject: `Mail ${number}` });
  mailer.close();
  await one.close();
  const subjects = (await listCaught(db, { limit: 100 })).map((mail) => mail.subject);
  expect(subjects).toEqual(['Mail 12', 'Mail 11', 'Mail 10', 'Mail 9', 'Mail 8']);
});

test('a mail over the limit is refused, announced or not, and the connection goes on', async () => {
  const { port } = await catcher({ sizeLimit: 2000 });
  const say = dialogue(port);
  await say('EHLO client.example.com');
  expect(await say('MAIL FROM:<a@example.com> SIZE=2001')).toMatch(/^552 /);
  for (const line of ['MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA']) await say(line);
  expect(await say(`${'x'.repeat(70)}\r\n`.repeat(40).concat('.'))).toMatch(/^552 5\.3\.4 /);
  for (const line of ['MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA']) await say(line);
  expect(await say('Subject: short\r\n\r\nHi\r\n.')).toMatch(/^250 /);
  expect(await countCaught(db)).toBe(1);
});

test('a mail that cannot be stored is not accepted: 451, and the sender tries again', async () => {
  const broken = openDatabase(databaseUrl.replace(/\/[^/]*$/, '/no_such_database'));
  open.push(broken);
  const sent = transport(await catcher({ db: broken.db })).sendMail(LETTER);
  await expect(sent).rejects.toMatchObject({ responseCode: 451, response: expect.stringContaining('4.3.0') });
});

test('many connections at once are served at once', async () => {
  const mailer = transport(await catcher(), 10);
  const raw = Buffer.from(`Subject: Week 7\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(380)}`);
  const begun = performance.now();
  const sends = Array.from({ length: 600 }, (_, number) =>
    mailer.sendMail({ envelope: { from: 'a@example.com', to: `r${number}@example.com` }, raw }),
  );
  await Promise.all(sends);
  expect(await countCaught(db)).toBe(600);
  const perSecond = Math.round(600_000 / (performance.now() - begun));
  console.log(`the catcher took ${perSecond} mails of 30 KB a second, client included`);
  // hundreds on two idle cores; less would mean that each waits for something
  expect(perSecond).toBeGreaterThan(20);
});

/** Speaks SMTP by hand: resolves with the last line of the answer. */
function dialogue(port: number): (line: string) => Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  open.push({ close: () => socket.destroy() });
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  const answer = async () => {
    for (;;) {
      const line = String((await lines.next()).value);
      if (!/^\d{3}-/.test(line)) return line;
    }
  };
  const greeted = answer();
  return async (line) => {
    await greeted;
    socket.write(`${line}\r\n`);
    return answer();
  };
}
