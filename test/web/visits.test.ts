import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { condenseOldSends } from '../../src/delivery/condense-sends.ts';
import { bytesOfCounting } from '../../src/delivery/visit-addresses.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { writeIssueMarkdown } from '../../src/document/issue-markdown.ts';
import { asId, type LinkId, type SendId } from '../../src/ids.ts';
import { createTokens } from '../../src/tokens.ts';
import { arbitraryDocument } from '../document/arbitrary-document.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps } from '../support/press.ts';
import { startSink } from '../support/sink.ts';
import { until } from '../support/until.ts';
import { hrefs, mailIssue, pathOf, pixelOf } from './counted-letter.ts';
import { makeIssue, makePublication, makeReader, openPress } from './press.ts';

const database = await testDatabase();
const press = await openPress(database);
const sink = await startSink();
afterAll(() => sink.stop());
const { app, db, tokens } = press;
const weekly = await makePublication(press, 'weekly');
const reader = await makeReader(press, weekly, 'reader@example.com');
await makeReader(press, weekly, 'other@example.com');
let issues = 0;

async function mail(text?: string) {
  issues += 1;
  const issue = await makeIssue(press, weekly, `letter-${issues}`, text);
  return mailIssue(press, sink, weekly, issue);
}

async function setTracking(tracking: 'off' | 'aggregate' | 'individual') {
  await db.updateTable('publications').set({ tracking }).where('id', '=', weekly.id).execute();
}

beforeEach(async () => {
  await setTracking('aggregate');
  await db.deleteFrom('visits').execute();
  await db.updateTable('subscribers').set({ followed_since: null }).execute();
});

const visits = () => db.selectFrom('visits').selectAll().orderBy('id').execute();
const counted = async (number: number) => {
  await until(`${number} visits are written`, async () => (await visits()).length >= number);
  return visits();
};

test('each counted link leads to exactly what the issue links to, whatever is in the address', async () => {
  const document = arbitraryDocument.filter(({ sections }) =>
    sections.some(({ items }) => items.some(({ url }) => url !== null)),
  );
  await fc.assert(
    fc.asyncProperty(document, async (one) => {
      const { send, letters } = await mail(
        writeIssueMarkdown({ ...one, slug: `any-${issues}`, period: null }),
      );
      const [letter] = letters;
      const { html } = await db
        .selectFrom('send_editions')
        .innerJoin('editions', 'editions.id', 'send_editions.edition_id')
        .select('editions.html')
        .where('send_id', '=', send)
        .executeTakeFirstOrThrow();
      const written = hrefs(html);
      const stamped = hrefs(letter?.html ?? '');
      expect(stamped).toHaveLength(written.length + 1);
      const reached = new Set<string>();
      for (const [at, href] of written.entries()) {
        if (!/^https?:/.test(href)) continue;
        const answer = await app.inject({ url: pathOf(stamped[at] ?? '') });
        expect(answer.statusCode).toBe(302);
        expect(escaped(String(answer.headers.location))).toBe(href);
        reached.add(String(answer.headers.location));
      }
      const urls = one.sections.flatMap(({ items }) => items.flatMap(({ url }) => url ?? []));
      expect(urls.filter((url) => !reached.has(url))).toEqual([]);
    }),
    { numRuns: 12 },
  );
});

/** As an attribute of the letter has it. */
function escaped(url: string): string {
  return url.replaceAll('&', '&amp;').replaceAll("'", '&#39;');
}

test('a link with a query, a fragment and a name beyond ASCII leads there unchanged', async () => {
  const urls = [
    'https://example.com/?a=1&b=2&amp;c=3#frag?x=%26&y',
    'https://example.com/%C3%A4?q=%22%3C%3E&copy=1',
    'https://xn--bcher-kva.example/stra%C3%9Fe',
    'http://user@example.com:8080/a(b)c;d=e//f',
  ];
  // Markdown reads references in addresses as HTML does
  const body = urls.map((url, at) => `[number ${at}](<${url.replaceAll('&', '&amp;')}>)`).join('\n\n');
  const { letters } = await mail(`---\ntitle: Links\nslug: links\n---\n\n# One\n\n## Item\n\n${body}\n`);
  const stamped = hrefs(letters[0]?.html ?? '').filter((href) => href.includes('/c/'));
  const answers = await Promise.all(stamped.map((href) => app.inject({ url: pathOf(href) })));
  expect(answers.map(({ headers }) => headers.location)).toEqual(expect.arrayContaining(urls));
});

test('an answer says nothing to the next site, is kept nowhere, and has no body', async () => {
  const { letters } = await mail();
  const answer = await app.inject({ url: pathOf(hrefs(letters[0]?.html ?? '')[1] ?? '') });
  expect(answer.statusCode).toBe(302);
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  expect(answer.body).toBe('');
});

test('by default all readers of a send have the same links, and none of them names a reader', async () => {
  const { letters } = await mail();
  expect(letters).toHaveLength(2);
  const [one, two] = letters.map(({ html }) => hrefs(html).filter((href) => href.includes('/c/')));
  expect(one?.length).toBeGreaterThan(1);
  expect(one).toEqual(two);
  expect(pixelOf(letters[0]?.html ?? '')).toBe(pixelOf(letters[1]?.html ?? ''));
  expect(tokens.visits.read(pathOf(one?.[0] ?? '').slice('/c/'.length))).toMatchObject({ subscriber: null });
});

test('where counting is off a letter has the issue’s own links, and no picture that counts', async () => {
  await setTracking('off');
  const { letters } = await mail();
  const { html } = letters[0] ?? { html: '' };
  expect(html).not.toMatch(/\/[co]\//);
  expect(hrefs(html)).toContain(`https://example.com/letter-${issues}`);
});

test('only who agreed to be followed has links of their own', async () => {
  await setTracking('individual');
  await db
    .updateTable('subscribers')
    .set({ followed_since: new Date() })
    .where('id', '=', reader.id)
    .execute();
  const { letters, send } = await mail();
  const targets = letters.map(({ to, html }) => {
    const addresses = [...hrefs(html).filter((href) => href.includes('/c/')), pixelOf(html) ?? ''];
    const own = addresses.map((address) =>
      tokens.visits.read(/\/[co]\/([a-z2-7]+)/.exec(address)?.[1] ?? ''),
    );
    return {
      to,
      whose: new Set(own.map((target) => target?.subscriber)),
      sends: new Set(own.map((t) => t?.send)),
    };
  });
  expect(targets).toContainEqual({ to: reader.email, whose: new Set([reader.id]), sends: new Set([send]) });
  expect(targets).toContainEqual({ to: 'other@example.com', whose: new Set([null]), sends: new Set([send]) });
});

test('the text part keeps the issue’s own links', async () => {
  const { letters } = await mail();
  expect(letters[0]?.text).toContain(`https://example.com/letter-${issues}`);
  expect(letters[0]?.text).not.toMatch(/\/[co]\/[a-z2-7]{20}/);
});

test('a letter frozen before links were recorded stays as it was written', async () => {
  const { send } = await mail();
  await db.deleteFrom('links').execute();
  await db.updateTable('deliveries').set({ state: 'queued' }).where('send_id', '=', send).execute();
  await db
    .updateTable('batches')
    .set({ is_open: true, lease_until: null })
    .where('send_id', '=', send)
    .execute();
  await db.updateTable('sends').set({ state: 'sending' }).where('id', '=', send).execute();
  const before = sink.taken.length;
  await workBatch({ ...batchDeps(db, [sink.target]), tokens }, send, 1);
  expect(sink.taken.slice(before)).toHaveLength(2);
  for (const { raw } of sink.taken.slice(before)) expect(raw).not.toMatch(/\/[co]\/[a-z2-7]{20}/);
});

test('a visit is written with what can be known of it, and never with the address it came from', async () => {
  const { letters, send } = await mail();
  const { html } = letters[0] ?? { html: '' };
  const agent = 'Mozilla/5.0 (X11; Linux x86_64) '.padEnd(400, 'x');
  const from = { remoteAddress: '198.51.100.7', headers: { 'user-agent': agent } };
  const click = hrefs(html).find((href) => href.includes('/c/')) ?? '';
  await app.inject({ url: pathOf(click), ...from });
  await app.inject({ url: pathOf(pixelOf(html) ?? ''), ...from, method: 'HEAD' });
  await app.inject({
    url: pathOf(hrefs(html).at(-1) ?? ''),
    headers: { 'sec-purpose': 'prefetch;prerender' },
  });
  const [first, second, third] = await counted(3);
  expect(first).toMatchObject({ kind: 'click', method: 'GET', send_id: send, prefetch: false });
  expect(first).toMatchObject({ agent: agent.slice(0, 300), subscriber_id: null, class: null });
  expect(first?.link_id).not.toBeNull();
  expect(first?.visitor).toHaveLength(16);
  expect(second).toMatchObject({ kind: 'open', method: 'HEAD', link_id: null, visitor: first?.visitor });
  expect(third).toMatchObject({ kind: 'canary link', prefetch: true, agent: expect.any(String) });
  expect(third?.visitor).not.toEqual(first?.visitor);
  expect(JSON.stringify([first, second, third])).not.toContain('198.51.100');
});

test('the visitor’s address is what a trusted proxy says, and of nobody else', async () => {
  const behind = await openPress(database, { trustProxy: ['127.0.0.1'] });
  const { letters } = await mail();
  const url = pathOf(pixelOf(letters[0]?.html ?? '') ?? '');
  const said = { 'x-forwarded-for': '203.0.113.9' };
  await behind.app.inject({ url, headers: said, remoteAddress: '127.0.0.1' });
  await behind.app.inject({ url, remoteAddress: '203.0.113.9' });
  await app.inject({ url, headers: said, remoteAddress: '127.0.0.1' });
  const visitors = (await counted(3)).map(({ visitor }) => visitor?.toString('hex'));
  expect(new Set(visitors).size).toBe(2);
});

test('a token that is forged, cut, of another press or for another purpose leads nowhere', async () => {
  const { letters, send } = await mail();
  const good = pathOf(hrefs(letters[0]?.html ?? '').find((href) => href.includes('/c/')) ?? '').slice(3);
  const stranger = createTokens(['the secret of another press, 32 characters']).visits;
  const open = tokens.visits.make({ kind: 'open', send, subscriber: null });
  const bad = [
    `/c/${good.slice(0, -1)}`,
    `/c/${good}a`,
    `/c/${'a'.repeat(40)}`,
    `/c/${open}`,
    `/c/${stranger.make({ kind: 'click', link: asId<LinkId>(1), send: asId<SendId>(1), subscriber: null })}`,
    `/c/${tokens.make('unsubscribe', reader.id)}`,
    `/c/${tokens.visits.make({ kind: 'click', link: asId<LinkId>(999_999), send, subscriber: null })}`,
    '/c/https:%2F%2Fevil.example',
    '/c/?url=https://evil.example',
    `/o/${good}.gif`,
    `/o/${open}`,
  ];
  for (const url of bad) {
    const answer = await app.inject({ url });
    expect({ url, status: answer.statusCode }).toEqual({ url, status: 404 });
    expect(answer.headers.location).toBeUndefined();
  }
  const more = await app.inject({ url: `/c/${good}?url=https://evil.example&to=//evil.example` });
  expect(more.headers.location).toBe(`https://example.com/letter-${issues}`);
});

test('the hidden link leads to the publication’s own page, under its own path too', async () => {
  const { send } = await mail();
  const canary = tokens.visits.make({ kind: 'canary link', send, subscriber: null });
  expect((await app.inject({ url: `/c/${canary}` })).headers.location).toBe('/');
  expect((await app.inject({ url: `/p/weekly/c/${canary}` })).headers.location).toBe('/p/weekly/');
  expect((await app.inject({ url: `/p/%2F%2Fevil.example/c/${canary}` })).headers.location).toBe(
    '/p/%2F%2Fevil.example/',
  );
});

test('a link leads on when the details of its send are gone, and is not counted any more', async () => {
  const { letters, send } = await mail();
  const url = pathOf(hrefs(letters[0]?.html ?? '').find((href) => href.includes('/c/')) ?? '');
  const tomorrow = { now: () => new Date(Date.now() + DAY_MS) };
  await condenseOldSends({ db, clock: tomorrow, limits: { retentionMs: 0 } });
  const fresh = await openPress(database);
  expect((await fresh.app.inject({ url })).headers.location).toBe(`https://example.com/letter-${issues}`);
  await fresh.app.close();
  expect((await visits()).filter(({ send_id }) => send_id === send)).toEqual([]);
});

test('the size that the desk warns by is that of the letter as it arrives', async () => {
  const facts = { tokens, publicUrl: press.parts.publicUrl };
  const html = `<body>${'<a href="https://example.com/">x</a>'.repeat(3)}<a href="https://example.com/b">y</a></body>`;
  const bytes = (tracking: 'off' | 'aggregate' | 'individual') =>
    bytesOfCounting(html, { ...facts, publication: { ...weekly, tracking } });
  expect(bytes('off')).toBe(0);
  expect(bytes('aggregate')).toBeGreaterThan(4 * 50);
  expect(bytes('individual')).toBeGreaterThan(bytes('aggregate') + 4);
});

test('neither GET nor HEAD of any link changes a reader', async () => {
  await setTracking('individual');
  await db.updateTable('subscribers').set({ followed_since: new Date() }).execute();
  const { letters } = await mail();
  const tables = ['subscribers', 'consents', 'subscriber_events', 'suppressions', 'notices'] as const;
  const everything = () => Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  const before = await everything();
  let requests = 0;
  for (const { html } of letters) {
    const counting = hrefs(html).filter((href) => href.includes('/c/'));
    for (const address of [...counting, pixelOf(html) ?? '']) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { statusCode } = await app.inject({ method, url: pathOf(address) });
        expect([200, 302]).toContain(statusCode);
        requests += 1;
      }
    }
  }
  await counted(requests);
  expect(await everything()).toEqual(before);
});
