import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { makeDueSince } from '../../src/webhooks/call-log-store.ts';
import { claimCall, dueWebhooks, recordCall } from '../../src/webhooks/call-store.ts';
import { waitAfter } from '../../src/webhooks/retry-waits.ts';
import {
  removeWebhook,
  requireWebhook,
  resendCall,
  rotateSecret,
  testWebhook,
} from '../../src/webhooks/webhooks.ts';
import { workCall } from '../../src/webhooks/work-webhook.ts';
import { testDatabase } from '../support/database.ts';
import { ANSWERS, bodyOf, isSigned, startReceiver } from './receiver.ts';
import { openWebhooks } from './webhook-press.ts';

const database = await testDatabase();
const press = openWebhooks(database);
const { db } = press;
const receiver = await startReceiver();
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.behave(ANSWERS.fine);
  receiver.received.length = 0;
});

const leave = (
  id: (typeof press.open extends (...args: never[]) => Promise<infer Opened>
    ? Opened
    : never)['readers'][number],
) => unsubscribe(db, id, { via: 'page', now: new Date() });

async function openWithLeavers(count: number) {
  const opened = await press.open(receiver.url, count);
  for (const id of opened.readers) await leave(id);
  return opened;
}

test('a call is signed, says what happened, and is taken by a 2xx', async () => {
  const { id, secret } = await openWithLeavers(1);
  await press.work(id);
  const [call] = receiver.received;
  if (!call) throw new Error('no call came');
  expect(isSigned(call, secret)).toBe(true);
  expect(isSigned({ ...call, body: `${call.body} ` }, secret)).toBe(false);
  expect(Math.abs(Number(call.timestamp) - Date.now() / 1000)).toBeLessThan(60);
  expect(bodyOf(call)).toMatchObject({
    type: 'subscriber.left',
    data: { email: 'reader1@example.com', via: 'page' },
  });
  expect(await press.calls(id)).toMatchObject([{ state: 'taken', attempts: 1, code: 200, answer: 'thanks' }]);
  await press.work(id);
  expect(receiver.received).toHaveLength(1);
});

test('what fails is tried again later with the same id, signed anew, and the log has the last answer without addresses', async () => {
  const { id, secret } = await openWithLeavers(1);
  receiver.behave(ANSWERS.broken);
  await press.work(id);
  expect(await press.calls(id)).toMatchObject([
    { state: 'waiting', code: 500, answer: 'no room, ADDRESS\n' },
  ]);
  await press.work(id);
  expect(receiver.received, 'not before its time').toHaveLength(1);
  receiver.behave(ANSWERS.fine);
  await press.pass(MINUTE_MS);
  await press.work(id);
  const [first, second] = receiver.received;
  expect(second?.id).toBe(first?.id);
  expect(second && isSigned(second, secret)).toBe(true);
  expect(await press.calls(id)).toMatchObject([{ state: 'taken', attempts: 2 }]);
  expect((await press.webhook(id)).failing_since).toBeNull();
});

test.each([
  ['a redirect is not followed', ANSWERS.redirect, 302, ''],
  ['a reset is no answer', ANSWERS.reset, null, expect.stringMatching(/ECONNRESET|hang up/)],
] as const)('%s', async (_, answer, code, said) => {
  const { id } = await openWithLeavers(1);
  receiver.behave(answer);
  await press.work(id);
  expect(await press.calls(id)).toMatchObject([{ state: 'waiting', code, answer: said }]);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/told']);
});

test('an address where nobody listens fails like any other', async () => {
  const { id, readers } = await press.open('http://127.0.0.1:1/', 1);
  for (const reader of readers) await leave(reader);
  await press.work(id);
  expect(await press.calls(id)).toMatchObject([
    { state: 'waiting', code: null, answer: expect.stringContaining('ECONNREFUSED') },
  ]);
});

test('of an endless answer 1,000 characters are kept, and its code counts', async () => {
  const { id } = await openWithLeavers(1);
  receiver.behave(ANSWERS.huge);
  const before = process.memoryUsage().rss;
  await press.work(id);
  expect(await press.calls(id)).toMatchObject([{ state: 'taken', code: 200, answer: 'x'.repeat(1000) }]);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
});

test('the waits grow over three days, with jitter that only adds, and then end', () => {
  const waits = Array.from({ length: 10 }, (_, index) => waitAfter(index + 1, 0));
  expect(waits.slice(0, 4)).toEqual([5000, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS]);
  expect(waits.at(-1)).toBeNull();
  const all = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
  expect(all).toBeGreaterThan(3 * DAY_MS);
  expect(waitAfter(4, 1)).toBe(2.4 * HOUR_MS);
});

test('after its last try a call has failed, and sending it again begins anew with the same id', async () => {
  const { id } = await openWithLeavers(1);
  receiver.behave(ANSWERS.broken);
  for (let day = 0; day < 12; day += 1) {
    await press.work(id);
    await press.pass(9 * HOUR_MS);
    await press.pass(20 * HOUR_MS * (day > 5 ? 1 : 0));
    await db.updateTable('webhooks').set({ failing_since: null }).execute();
  }
  const [failed] = await press.calls(id);
  expect(failed).toMatchObject({ state: 'failed', attempts: 10 });
  if (!failed) return;
  receiver.behave(ANSWERS.fine);
  expect(await resendCall(db, failed.id)).toBe(id);
  await press.work(id);
  expect(await press.calls(id)).toMatchObject([{ state: 'taken', attempts: 11 }]);
  expect(new Set(receiver.received.map((call) => call.id)).size).toBe(1);
});

test('a call that was taken can be sent again, and all that failed since a time', async () => {
  const { id } = await openWithLeavers(3);
  await press.work(id);
  const [taken] = await press.calls(id);
  if (!taken) throw new Error('no call');
  await resendCall(db, taken.id);
  await press.work(id);
  expect(receiver.received).toHaveLength(4);
  await db.updateTable('webhook_calls').set({ state: 'failed' }).where('webhook_id', '=', id).execute();
  expect(await makeDueSince(db, id, new Date(Date.now() + HOUR_MS))).toBe(0);
  expect(await makeDueSince(db, id, new Date(Date.now() - HOUR_MS))).toBe(3);
  await press.work(id);
  expect(receiver.received).toHaveLength(7);
  expect(new Set(receiver.received.map((call) => call.id)).size).toBe(3);
});

test('410 switches a webhook off, tells the editors once, and what waits goes on when it is on again', async () => {
  await db
    .insertInto('editors')
    .values({ email: 'e@example.com', address_key: 'e@example.com', password_hash: 'x' })
    .execute();
  const { id } = await openWithLeavers(2);
  receiver.behave(ANSWERS.gone);
  await press.work(id);
  expect(await press.webhook(id)).toMatchObject({ is_on: false, off_reason: 'It answered 410 Gone.' });
  expect((await press.calls(id)).map(({ state }) => state)).toEqual(['failed', 'waiting']);
  expect(await dueWebhooks(db)).not.toContainEqual(expect.objectContaining({ webhook: id }));
  const notices = await db.selectFrom('notices').select('params').where('kind', '=', 'editor').execute();
  expect(JSON.stringify(notices)).toContain('410 Gone');
  expect(notices).toHaveLength(1);
});

test('a webhook that takes nothing for five days is switched off', async () => {
  const { id } = await openWithLeavers(1);
  receiver.behave(ANSWERS.broken);
  await press.work(id);
  await press.pass(5 * DAY_MS + HOUR_MS);
  expect((await press.webhook(id)).is_on).toBe(true);
  await press.work(id);
  expect(await press.webhook(id)).toMatchObject({
    is_on: false,
    off_reason: 'It has taken nothing for five days.',
  });
});

test('while a secret is rotated both sign, and a day later the new one alone', async () => {
  const { id, secret, publication } = await press.open(receiver.url, 0);
  const next = await rotateSecret(db, id);
  const call = async () => {
    const webhook = await requireWebhook(db, id, publication);
    await workCall(press.deps, id, await testWebhook(db, webhook));
    const got = receiver.received.at(-1);
    return got ? [isSigned(got, secret), isSigned(got, next), got.signature.split(' ').length] : [];
  };
  expect(await call()).toEqual([true, true, 2]);
  await press.pass(DAY_MS + MINUTE_MS);
  expect(await call()).toEqual([false, true, 1]);
});

test('two workers at once make each call once, no more than four of them at a time', async () => {
  const { id } = await openWithLeavers(40);
  receiver.behave((response) => void setTimeout(() => response.end(), 15));
  await Promise.all(Array.from({ length: 8 }, () => press.work(id)));
  await press.work(id);
  expect(receiver.received).toHaveLength(40);
  expect(new Set(receiver.received.map((call) => call.id)).size).toBe(40);
  expect(receiver.mostAtOnce()).toBeLessThanOrEqual(4);
});

test('a system that fails is called one at a time, and its turn ends with the failure', async () => {
  const { id } = await openWithLeavers(6);
  receiver.behave(ANSWERS.broken);
  await press.work(id);
  expect(receiver.received).toHaveLength(1);
  expect(await dueWebhooks(db)).toContainEqual({ webhook: id, lanes: 1 });
  const first = await claimCall(db, id);
  expect(first).not.toBeNull();
  expect(await claimCall(db, id)).toBeNull();
});

test('a worker that was overtaken records nothing', async () => {
  const { id } = await openWithLeavers(1);
  const slow = await claimCall(db, id);
  if (!slow) throw new Error('nothing claimed');
  await press.pass(HOUR_MS);
  await press.work(id);
  const late = { state: 'failed', code: 500, answer: 'late', waitMs: 0 } as const;
  expect(await db.transaction().execute((tx) => recordCall(tx, slow, late))).toBe(false);
  expect(await press.calls(id)).toMatchObject([{ state: 'taken', attempts: 2, code: 200 }]);
});

test('a webhook that is removed takes its calls along, and an answer that comes later is nobody’s', async () => {
  const { id } = await openWithLeavers(2);
  const claim = await claimCall(db, id);
  await removeWebhook(db, id);
  expect(await press.calls(id)).toEqual([]);
  if (!claim) throw new Error('nothing claimed');
  const taken = { state: 'taken', code: 200, answer: '', waitMs: 0 } as const;
  expect(await db.transaction().execute((tx) => recordCall(tx, claim, taken))).toBe(false);
});

test('the lines in README verify a call, and nothing that was changed', async () => {
  const { id, secret } = await openWithLeavers(1);
  await press.work(id);
  const [call] = receiver.received;
  const [, lines = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const { verify } = await import(`data:text/javascript,${encodeURIComponent(lines)}`);
  if (!call) throw new Error('no call came');
  const headers = {
    'webhook-id': call.id,
    'webhook-timestamp': call.timestamp,
    'webhook-signature': `v1,AAAA ${call.signature}`,
  };
  expect(verify(headers, call.body, secret)).toBe(true);
  expect(verify(headers, `${call.body} `, secret)).toBe(false);
  expect(verify({ ...headers, 'webhook-timestamp': '1' }, call.body, secret)).toBe(false);
});
