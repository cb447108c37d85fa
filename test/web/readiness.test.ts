import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { testDatabase } from '../support/database.ts';
import { startSink } from '../support/sink.ts';
import { openPress } from './press.ts';

const database = await testDatabase();

/** As `main` puts it together, and how often the mail server was knocked at. */
async function withMailServer() {
  const sink = await startSink();
  const outbound = createOutbound([sink.target], systemClock);
  let knocks = 0;
  const checkMail = async () => {
    knocks += 1;
    const answer = await outbound.check();
    if (!answer.ok) throw new Error(answer.error);
  };
  const { app } = await openPress(database, { checkMail });
  return { sink, ready: () => app.inject({ url: '/readyz' }), knocks: () => knocks };
}

test('ready is a press whose Postgres, queue and mail server answer', async () => {
  const { sink, ready } = await withMailServer();
  const answer = await ready();
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ status: 'ready', postgres: true, queue: true, smtp: true });
  await sink.stop();
});

test('a mail server that is away makes it not ready, and says which part it is', async () => {
  const { sink, ready } = await withMailServer();
  await sink.stop();
  const answer = await ready();
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({ status: 'not ready', postgres: true, queue: true, smtp: false });
});

test('however often it is asked, the mail server is knocked at once', async () => {
  const { sink, ready, knocks } = await withMailServer();
  await Promise.all([ready(), ready(), ready()]);
  await ready();
  expect(knocks()).toBe(1);
  await sink.stop();
});

test('a part that says nothing at all is given up, and the answer comes', async () => {
  const { app } = await openPress(database, { checkMail: () => new Promise(() => {}) });
  const answer = await app.inject({ url: '/readyz' });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ postgres: true, smtp: false });
});
