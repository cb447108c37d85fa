import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { firstBatchJobs } from '../../src/delivery/batch-store.ts';
import { cancelSend, pauseSend } from '../../src/delivery/control-send.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import type { PublicationId, SendId } from '../../src/ids.ts';
import type { Progress } from '../../src/web/desk/send-progress.ts';
import { chromiumProgram, openBrowser } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend } from '../support/press.ts';
import { startSink } from '../support/sink.ts';
import { until } from '../support/until.ts';
import { openDesk } from './desk-press.ts';
import { openPress } from './press.ts';

const database = await testDatabase();
const { db } = database;
const sink = await startSink();
afterAll(() => sink.stop());
const publication = await makePublication(db, 'weekly');
await makeReaders(db, publication, 120);

/** A desk of its own that really listens, so that its streams can be read and its server be closed. */
async function openListening() {
  const press = await openPress(database);
  const desk = await openDesk(press, `editor${Math.random()}@example.com`);
  await press.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = press.app.server.address() as AddressInfo;
  return {
    ...press,
    origin: `http://127.0.0.1:${port}`,
    cookie: `pressrun_desk=${desk.cookies.pressrun_desk}`,
  };
}
type Listening = Awaited<ReturnType<typeof openListening>>;
const listening = await openListening();
const stopping = await openListening();

function open({ origin, cookie }: Listening, send: SendId, signal?: AbortSignal): Promise<Response> {
  const url = `${origin}/desk/p/weekly/sends/s${send}/events`;
  return fetch(url, { headers: { cookie }, redirect: 'manual', ...(signal && { signal }) });
}

/** What a stream tells, one after the other, until it ends. */
async function* told(answer: Response): AsyncGenerator<Progress> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) if (event.startsWith('data: ')) yield JSON.parse(event.slice(6));
  }
}

async function work(send: SendId, batches: number): Promise<void> {
  const deps = batchDeps(db, [sink.target]);
  for (const { batch } of (await firstBatchJobs(db, send)).slice(0, batches))
    await workBatch(deps, send, batch);
}

const sendTo = (to: PublicationId) => makeSend(db, to);

test('a viewer is told of each change until the send is finished, and the stream ends', async () => {
  const send = await sendTo(publication);
  const answer = await open(listening, send);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const seen: Progress[] = [];
  for await (const progress of told(answer)) {
    seen.push(progress);
    if (progress.done === 0) await work(send, 1);
    if (progress.done === 50) await work(send, 2);
  }
  const done = seen.map((progress) => progress.done);
  expect(done).toEqual(done.toSorted((one, other) => one - other));
  expect(done).toEqual(expect.arrayContaining([0, 50, 120]));
  expect(seen.map(({ final }) => final).indexOf(true)).toBe(seen.length - 1);
  expect(seen.at(-1)?.shown).toMatchObject({ accepted: '120', queued: '0', words: '120 of 120 done' });
});

test('many viewers of one send cost one look, and all are told the same', async () => {
  const send = await sendTo(publication);
  const streams = await Promise.all([1, 2, 3].map(() => open(listening, send)));
  const queries = countQueries();
  const from = performance.now();
  const all = streams.map(async (answer) => {
    const seen: number[] = [];
    for await (const { done } of told(answer)) seen.push(done);
    return seen;
  });
  await sleep(3000);
  const asked = queries();
  // twice a second, whoever watches, and one look that was just being taken
  const looks = 1 + (performance.now() - from) / 500;
  expect(asked).toBeLessThanOrEqual(looks * QUERIES_OF_A_LOOK);
  await cancelSend(db, send);
  for (const seen of await Promise.all(all)) expect(seen).toEqual([0, 0]);
});

test('whoever is not signed in is told nothing', async () => {
  const send = await sendTo(publication);
  const answer = await open({ ...listening, cookie: '' }, send);
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toContain('/desk/sign-in');
});

test('another publication’s desk does not tell of a send', async () => {
  const other = await sendTo(await makePublication(db, 'daily'));
  expect((await open(listening, other)).status).toBe(404);
});

test('a press that stops ends its streams, and waits for no viewer and for no silent connection', async () => {
  const stream = told(await open(stopping, await sendTo(publication)));
  expect((await stream.next()).done).toBe(false);
  const silent = connect((stopping.app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(silent, 'connect');
  const started = performance.now();
  await stopping.app.close();
  expect(performance.now() - started).toBeLessThan(20_000);
  expect((await stream.next()).done).toBe(true);
});

test('a send that nobody watches any more is not looked at', async () => {
  const send = await sendTo(publication);
  const leaving = new AbortController();
  const stream = told(await open(listening, send, leaving.signal));
  await stream.next();
  leaving.abort();
  await until('nobody has looked for longer than a look is apart', async () => {
    const queries = countQueries();
    await sleep(1200);
    return queries() === 0;
  });
});

test.skipIf(chromiumProgram === null)(
  'the page moves with the send, says how fast it goes, and shows the next step when it is over',
  async () => {
    const send = await sendTo(publication);
    const page = await openPage(send);
    await page.getByText('0 of 120 done').waitFor();
    await page.getByRole('button', { name: 'Pause' }).waitFor();

    listening.clock.advance(5000);
    await work(send, 1);
    await page.getByText('50 of 120 done, about 10 a second, a few seconds left').waitFor();
    await pauseSend(db, send);
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await work(send, 2);
    await page.getByText('120 of 120 done').waitFor();
    await page.getByText('finished', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await page.context().close();
  },
);

test.skipIf(chromiumProgram === null)(
  'where no events come through, the page moves all the same',
  async () => {
    const send = await sendTo(publication);
    const page = await openPage(send);
    await page.route('**/events', (route) => route.fulfill({ status: 502 }));
    await page.reload();
    await page.getByText('0 of 120 done').waitFor();
    await work(send, 3);
    await page.getByText('finished', { exact: true }).waitFor();
    await page.context().close();
  },
);

/** The send's page before the eyes of an editor who has signed in. */
async function openPage(send: SendId): Promise<Page> {
  const context = await (await openBrowser()).newContext();
  const { origin, cookie } = listening;
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url: `${origin}/desk` }]);
  const page = await context.newPage();
  await page.goto(`${origin}/desk/p/weekly/sends/s${send}`);
  return page;
}

/** The receipt, and which providers are mailed less. */
const QUERIES_OF_A_LOOK = 2;

/** How often somebody has asked the database since. */
function countQueries(): () => number {
  let count = 0;
  const { pool } = listening.parts;
  const counting = () => {
    count += 1;
  };
  pool.on('acquire', counting);
  return () => {
    pool.off('acquire', counting);
    return count;
  };
}
