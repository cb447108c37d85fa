import { expect, test } from 'vitest';
import { askToConfirm } from '../../src/notices/reader-notices.ts';
import { addressHasher } from '../../src/publications/installation.ts';
import { signUp } from '../../src/subscribers/sign-up.ts';
import { createTokens } from '../../src/tokens.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReader, openPress, SECRET } from './press.ts';

const database = await testDatabase();
const press = await openPress(database);
const { app, db, tokens, clock } = press;
const rotated = await openPress(database, {
  tokens: createTokens(['another secret that has its 32 letters', SECRET]),
});
const weekly = await makePublication(press, 'weekly');
const other = await makePublication(press, 'other');

const reader = await makeReader(press, weekly, 'reader@example.com');
await signUp(
  { db, hashAddress: await addressHasher(db), askToConfirm },
  {
    publication: weekly,
    email: 'new@example.com',
    source: 'form',
    form_version: 'page-1',
    address_prefix: null,
    now: clock.now(),
  },
);
const consent = await db.selectFrom('consents').select('id').executeTakeFirstOrThrow();

/** Everything a reader's link could touch. */
async function everything() {
  const tables = [
    ...(['subscribers', 'consents', 'subscriber_events', 'suppressions'] as const),
    ...(['notices', 'leaving_reasons'] as const),
  ];
  return Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
}

const links = [
  `/confirm/${tokens.make('confirm', consent.id)}`,
  `/unsubscribe/${tokens.make('unsubscribe', reader.id)}`,
  `/preferences/${tokens.make('preferences', reader.id)}`,
  `/undo/${tokens.make('undo', reader.id)}`,
  `/left/${tokens.make('left', reader.id)}`,
];

for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) {
  test.each(links)(`${method} of a link changes nothing: %s`, async (url) => {
    const before = await everything();
    for (const query of ['', '?List-Unsubscribe=One-Click', '?confirm=yes&utm_source=mail']) {
      await app.inject({ method, url: url + query });
    }
    expect(await everything()).toEqual(before);
  });
}

test.each(links)(
  'the page of a link works without scripts, tells no other site its address, is kept nowhere: %s',
  async (url) => {
    const page = await app.inject({ url });
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    });
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.body).not.toContain('<script');
  },
);

test.each(links.slice(0, 3))(
  'a link shows one button, and the form posts to the link itself: %s',
  async (url) => {
    const page = await app.inject({ url: `${url}?utm_source=mail` });
    expect(page.body.match(/<button/g)).toHaveLength(1);
    expect(page.body).toContain(`method="post" action="${url}"`);
  },
);

const purposes = ['confirm', 'unsubscribe', 'preferences', 'undo', 'left'] as const;

test.each(purposes)(
  'a %s link that is forged, cut short or made for something else is a friendly 404',
  async (purpose) => {
    const good = tokens.make(purpose, reader.id);
    const foreign = purposes
      .filter((other) => other !== purpose)
      .map((other) => tokens.make(other, reader.id));
    for (const token of [good.slice(0, -3), good.slice(1), `${good}a`, 'x', '%00', '..%2f..', ...foreign]) {
      for (const method of ['GET', 'POST'] as const) {
        const page = await app.inject({ method, url: `/${purpose}/${token}` });
        expect([page.statusCode, token]).toEqual([404, token]);
        expect(page.body).toContain('This link does not work');
        expect(page.headers['cache-control']).toBe('no-store');
      }
    }
  },
);

test('a link works under the path of another publication, and speaks for the reader’s own', async () => {
  const page = await app.inject({ url: `/p/${other.slug}${links[1]}` });
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('Leave The weekly letter?');
});

test('a link in an old letter works after the secret was rotated', async () => {
  expect((await rotated.app.inject({ url: links[1] ?? '' })).statusCode).toBe(200);
});
