import { expect, test } from 'vitest';
import { SECOND_MS } from '../../src/clock.ts';
import { testDatabase } from '../support/database.ts';
import { form, makePublication, makeReader, openPress, sendIssue } from './press.ts';

const database = await testDatabase();
const press = await openPress(database);
const { app, db, tokens, clock } = press;
const weekly = await makePublication(press, 'weekly');
await makePublication(press, 'woche', { locale: 'de' });

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function subscribe(fields: Record<string, string>, more: { path?: string; address?: string } = {}) {
  const { path = '/subscribe', address = '192.0.2.1' } = more;
  return app.inject({
    method: 'POST',
    url: path,
    headers: FORM,
    payload: form(fields),
    remoteAddress: address,
  });
}

function subscribeJson(body: object) {
  return app.inject({ method: 'POST', url: '/subscribe', payload: body, remoteAddress: '192.0.2.1' });
}

/** The shown stamp of the form as the page has it. */
async function shownStamp(): Promise<string> {
  const page = await app.inject({ url: '/' });
  return /name="shown" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
}

async function readersNamed(email: string) {
  return db.selectFrom('subscribers').selectAll().where('address_key', '=', email).execute();
}

test('a form sign-up makes a pending reader, one confirm notice, and evidence without the whole address of the network', async () => {
  const shown = await shownStamp();
  clock.advance(5 * SECOND_MS);
  const answer = await subscribe({ email: 'Ada@Example.com', name: 'Ada', locale: 'en', shown, website: '' });
  expect([answer.statusCode, answer.headers.location]).toEqual([303, '/subscribed']);

  const [reader] = await readersNamed('ada@example.com');
  expect(reader).toMatchObject({ email: 'Ada@example.com', name: 'Ada', status: 'pending' });
  const consent = await db.selectFrom('consents').selectAll().executeTakeFirstOrThrow();
  expect(consent).toMatchObject({
    source: 'form',
    form_version: 'page-1',
    address_prefix: '192.0.2.0/24',
    confirmed_at: null,
  });
  const notices = await db.selectFrom('notices').select(['kind', 'params']).execute();
  expect(notices).toEqual([{ kind: 'confirm', params: { consent_id: consent.id } }]);
});

test('the answer is the same for a new reader, a known one, one who left, and one filled in by a program', async () => {
  await makeReader(press, weekly, 'active@example.com');
  await makeReader(press, weekly, 'left@example.com', 'unsubscribed');
  const given = [
    { email: 'somebody@example.com' },
    { email: 'active@example.com' },
    { email: 'left@example.com' },
    { email: 'bot@example.com', website: 'https://spam.example.com' },
  ];
  const forms = await Promise.all(given.map((fields) => subscribe(fields)));
  const seen = forms.map(({ statusCode, headers, body }) => [statusCode, headers.location, body]);
  expect(new Set(seen.map(String)).size).toBe(1);
  const json = await Promise.all(given.map((fields) => subscribeJson(fields)));
  expect(new Set(json.map(({ statusCode, body }) => `${statusCode} ${body}`))).toEqual(
    new Set(['202 {"status":"check your mail"}']),
  );
  expect(await readersNamed('bot@example.com')).toEqual([]);
  expect((await readersNamed('active@example.com'))[0]?.status).toBe('active');
});

test('a malformed address is a clear sentence, with what was typed still in the form', async () => {
  for (const email of ['', 'no-at-sign', 'a@b', 'x@example.com\r\nBcc: all@example.com']) {
    const page = await subscribe({ email, name: '<b>Ada</b>' });
    expect([page.statusCode, email]).toEqual([422, email]);
    expect(page.body).toContain('not a complete email address');
    expect(page.body).toContain('value="&lt;b&gt;Ada&lt;/b&gt;"');
  }
  const answer = await subscribeJson({ email: 'nobody' });
  expect(answer.statusCode).toBe(422);
  expect(answer.json()).toMatchObject({ error: { code: 'bad_address' } });
});

test.each([
  ['text', '"email"'],
  ['a list', '[1]'],
  ['fields of a wrong kind', '{"email": {"$ne": 1}}'],
  ['broken JSON', '{"email":'],
])('a body that is %s is refused and never a fault of ours', async (_name, payload) => {
  const answer = await app.inject({
    method: 'POST',
    url: '/subscribe',
    headers: { 'content-type': 'application/json' },
    payload,
  });
  expect([400, 422]).toContain(answer.statusCode);
  expect(answer.json()).toHaveProperty('error.message');
});

test('a form sent faster than anybody types asks for one more press of the button, and then goes through', async () => {
  const shown = await shownStamp();
  const quick = await subscribe({ email: 'quick@example.com', shown });
  expect(quick.statusCode).toBe(422);
  expect(quick.body).toContain('press the button once more');
  expect(quick.body).toContain(`value="${shown}"`);
  clock.advance(2 * SECOND_MS);
  expect((await subscribe({ email: 'quick@example.com', shown })).statusCode).toBe(303);
});

test('a stamp that we did not make is no stamp', async () => {
  const forged = `${clock.now().getTime() - 60 * SECOND_MS}.${'0'.repeat(32)}`;
  const page = await subscribe({ email: 'forger@example.com', shown: forged });
  expect(page.statusCode).toBe(422);
  expect(page.body).not.toContain(forged);
});

test('another publication takes its own readers under its own path, in its own language', async () => {
  const page = await app.inject({ url: '/p/woche/' });
  expect(page.body).toContain('Abonnieren');
  expect(page.body).toContain('action="/p/woche/subscribe"');
  const answer = await subscribe({ email: 'leser@example.com' }, { path: '/p/woche/subscribe' });
  expect(answer.headers.location).toBe('/p/woche/subscribed');
  expect((await app.inject({ url: '/p/woche/subscribed' })).body).toContain('Bitte ins Postfach schauen');
  expect((await readersNamed('leser@example.com')).map((row) => row.locale)).toEqual(['de']);
});

test('an unknown publication is a friendly 404', async () => {
  expect((await app.inject({ url: '/p/nowhere/' })).statusCode).toBe(404);
  expect((await subscribe({ email: 'a@example.com' }, { path: '/p/nowhere/subscribe' })).statusCode).toBe(
    404,
  );
});

test('the snippet to paste is a plain form that posts to the whole address', async () => {
  const page = await app.inject({ url: '/p/woche/embed' });
  expect(page.body).toContain(
    '&lt;form method=&quot;post&quot; action=&quot;http://localhost:3000/p/woche/subscribe&quot;&gt;'.replaceAll(
      '&quot;',
      '&#34;',
    ),
  );
  expect(page.body).not.toContain('&lt;script');
});

test('confirming takes the button, makes an active reader and one welcome, and may be pressed twice', async () => {
  await subscribe({ email: 'confirm@example.com' });
  const [pending] = await readersNamed('confirm@example.com');
  const consent = await db
    .selectFrom('consents')
    .select('id')
    .where('subscriber_id', '=', pending?.id ?? null)
    .executeTakeFirstOrThrow();
  const url = `/confirm/${tokens.make('confirm', consent.id)}`;
  expect((await app.inject({ url })).body).toContain('One last click');
  expect((await readersNamed('confirm@example.com'))[0]?.status).toBe('pending');
  for (const _press of [1, 2]) {
    const done = await app.inject({ method: 'POST', url, headers: FORM, payload: '' });
    expect([done.statusCode, done.body.includes('You are on the list')]).toEqual([200, true]);
  }
  expect((await readersNamed('confirm@example.com'))[0]?.status).toBe('active');
  const welcomes = await db.selectFrom('notices').select('email').where('kind', '=', 'welcome').execute();
  expect(welcomes).toEqual([{ email: 'confirm@example.com' }]);
});

test('whoever has confirmed is led to the newest issue, in words of the language chosen', async () => {
  await subscribe({ email: 'reads@example.com', locale: 'de' });
  const [pending] = await readersNamed('reads@example.com');
  const { id } = await db
    .selectFrom('consents')
    .select('id')
    .where('subscriber_id', '=', pending?.id ?? null)
    .executeTakeFirstOrThrow();
  await sendIssue(press, weekly, 'newest');
  const url = `/confirm/${tokens.make('confirm', id)}`;
  const done = await app.inject({ method: 'POST', url, headers: FORM, payload: '' });
  expect(done.body).toContain('<a href="/issues/newest">Die neueste Ausgabe lesen: Letter newest</a>');
});
