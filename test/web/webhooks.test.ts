import { afterAll, expect, test } from 'vitest';
import { readId, type WebhookId } from '../../src/ids.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { testDatabase } from '../support/database.ts';
import { ANSWERS, isSigned, startReceiver } from '../webhooks/receiver.ts';
import { openWebhooks } from '../webhooks/webhook-press.ts';
import { openDesk } from './desk-press.ts';
import { makePublication, makeReader, openPress } from './press.ts';

const database = await testDatabase();
const press = await openPress(database);
const weekly = await makePublication(press, 'weekly');
await makePublication(press, 'other');
const desk = await openDesk(press);
const webhooks = openWebhooks(database);
const receiver = await startReceiver();
afterAll(() => receiver.stop());

const LIST = '/desk/p/weekly/settings/webhooks';
const PAGE = `${LIST}/w1`;
const id = readId<WebhookId>('webhook', 'w1') as WebhookId;
const secretIn = (page: string) => /whsec_[A-Za-z0-9+/=]+/.exec(page)?.[0] ?? '';

test('a webhook is added with its secret shown once, and a wrong address says what to do', async () => {
  const refused = await desk.post(LIST, { url: 'http://crm.internal/', events: 'subscriber.left' });
  expect(refused.statusCode).toBe(422);
  expect(refused.body).toContain('in your own network');
  const added = await desk.post(LIST, { url: receiver.url, events: 'subscriber.left' });
  const secret = secretIn(added.body);
  expect(secret).not.toBe('');
  expect((await desk.get(PAGE)).body).not.toContain(secret);
  expect((await desk.get(LIST)).body).toContain(receiver.url);
  expect((await desk.get('/desk/p/weekly/settings')).body).toContain(LIST);

  expect((await desk.post(`${PAGE}/test`)).statusCode).toBe(303);
  await webhooks.work(id);
  expect(receiver.received.at(-1)).toMatchObject({ body: expect.stringContaining('webhook.test') });
  const next = secretIn((await desk.post(`${PAGE}/rotate`)).body);
  expect(next).not.toBe(secret);
  await desk.post(`${PAGE}/test`);
  await webhooks.work(id);
  const last = receiver.received.at(-1);
  expect(last && [isSigned(last, secret), isSigned(last, next)]).toEqual([true, true]);
});

test('the log shows what failed and its answer, and sends it again', async () => {
  const reader = await makeReader(press, weekly, 'ada@example.com');
  receiver.behave(ANSWERS.broken);
  await unsubscribe(press.db, reader.id, { via: 'page', now: new Date() });
  await webhooks.work(id);
  const page = (await desk.get(PAGE)).body;
  expect(page).toContain('500');
  expect(page).toContain('no room, ADDRESS');
  expect(page).not.toContain('ada@example.com');
  const [, call = ''] = /name="call" value="(c\d+)"/.exec(page) ?? [];
  receiver.behave(ANSWERS.fine);
  expect((await desk.post(`${PAGE}/resend`, { call })).statusCode).toBe(303);
  await webhooks.work(id);
  expect((await webhooks.calls(id)).at(-1)).toMatchObject({ state: 'taken', attempts: 2 });
  expect((await desk.post(`${PAGE}/resend-all`, { since: '2026-01-01' })).statusCode).toBe(303);
});

test('it is changed, switched off and on, and removed; another publication’s desk does not know it', async () => {
  await desk.post(PAGE, { url: `${receiver.url}/new`, events: 'send.finished' });
  expect(await webhooks.webhook(id)).toMatchObject({ url: `${receiver.url}/new`, events: ['send.finished'] });
  await desk.post(`${PAGE}/switch`, { to: 'off' });
  expect((await webhooks.webhook(id)).is_on).toBe(false);
  expect((await desk.post(`${PAGE}/test`)).statusCode).toBe(422);
  await desk.post(`${PAGE}/switch`, { to: 'on' });
  expect((await desk.get('/desk/p/other/settings/webhooks/w1')).statusCode).toBe(404);
  expect((await press.app.inject({ url: PAGE })).statusCode).toBe(303);
  expect((await desk.post(`${PAGE}/remove`)).statusCode).toBe(303);
  expect((await desk.get(PAGE)).statusCode).toBe(404);
});
