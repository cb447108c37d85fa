import { beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import type { SuppressionReason } from '../../src/db/leaving-tables.ts';
import { asId, type SubscriberId } from '../../src/ids.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { showSubscriber } from '../../src/subscribers/show-subscriber.ts';
import { countByStatus } from '../../src/subscribers/subscriber-store.ts';
import { type Suppressing, suppressAddress, suppressReader } from '../../src/subscribers/suppress.ts';
import { testDatabase } from '../support/database.ts';
import { emptyReaders, historyOf, later, makePublication, NOW, openReaders } from './readers.ts';

const { db } = await testDatabase();
const weekly = await makePublication(db, 'weekly');
const [readers, daily] = [
  await openReaders(db, weekly),
  await openReaders(db, await makePublication(db, 'daily')),
];
const ADA = 'ada@example.com';

function suppress(reason: Suppressing['reason'], evidence = {}) {
  const address = { email: ADA, address_hash: readers.hashAddress(ADA) };
  return db.transaction().execute((tx) => suppressAddress(tx, address, { reason, evidence, now: NOW }));
}

function forgetAda() {
  return forget(db, 'ADA@example.com', { eraseElsewhere: async () => {}, now: later(HOUR_MS) });
}

async function suppression() {
  return db.selectFrom('suppressions').select(['reason', 'email', 'evidence']).executeTakeFirst();
}

beforeEach(() => emptyReaders(db));

test.each([
  ['bounce', 'bounced'],
  ['complaint', 'complained'],
] as const)('after a %s the reader is %s in every publication', async (reason, status) => {
  const id = await readers.active(ADA);
  await daily.asks(ADA);
  const why = { reason, evidence: { reply: '550 5.1.1' }, now: NOW };
  expect(await db.transaction().execute((tx) => suppressReader(tx, id, why))).toBe(true);
  expect([await readers.status(ADA), await daily.status(ADA)]).toEqual([status, status]);
  expect(await suppression()).toEqual({ reason, email: ADA, evidence: { reply: '550 5.1.1' } });
  const { history } = await showSubscriber(db, weekly, ADA);
  expect(history.at(-1)).toMatchObject({
    event: status,
    detail: { from: 'active', evidence: { reply: '550 5.1.1' } },
  });
});

test('who had left before a bounce came stays as they left', async () => {
  const id = await readers.active(ADA);
  await unsubscribe(db, id, { via: 'page', now: NOW });
  await suppress('bounce');
  expect(await readers.status(ADA)).toBe('unsubscribed');
  expect(await historyOf(db, id)).not.toContain('bounced');
});

test('a suppression by hand leaves the status, and the history says so', async () => {
  const id = await readers.active(ADA);
  await suppress('manual');
  expect(await readers.status(ADA)).toBe('active');
  expect((await historyOf(db, id)).at(-1)).toBe('suppressed');
});

test('a bounce that comes twice is one', async () => {
  const id = await readers.active(ADA);
  await suppress('bounce', { reply: 'first' });
  await suppress('bounce', { reply: 'second' });
  expect((await historyOf(db, id)).filter((event) => event === 'bounced')).toHaveLength(1);
  expect(await suppression()).toMatchObject({ evidence: { reply: 'first' } });
});

test.each<[Suppressing['reason'], Suppressing['reason'], SuppressionReason]>([
  ['bounce', 'complaint', 'complaint'],
  ['complaint', 'bounce', 'complaint'],
  ['manual', 'complaint', 'manual'],
  ['bounce', 'manual', 'manual'],
])('of %s and then %s stays %s', async (first, second, stays) => {
  await suppress(first);
  await suppress(second);
  expect(await suppression()).toMatchObject({ reason: stays });
});

test('a bounce of one who was erased meanwhile suppresses nobody', async () => {
  const why = { reason: 'bounce', evidence: {}, now: NOW } as const;
  const erased = db.transaction().execute((tx) => suppressReader(tx, asId<SubscriberId>(999_999), why));
  expect(await erased).toBe(false);
});

test('forgetting erases a person from every publication and leaves a hash', async () => {
  await readers.active(ADA);
  await daily.asks(ADA);
  expect(await forgetAda()).toEqual({ readers: 2 });
  for (const table of ['subscribers', 'consents', 'subscriber_events'] as const) {
    expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  expect(await suppression()).toEqual({ reason: 'erased', email: null, evidence: {} });
});

test('forgetting keeps a stronger reason, but neither the address nor words that may quote it', async () => {
  await readers.active(ADA);
  await suppress('complaint', { reply: `550 ${ADA} complained` });
  await forgetAda();
  expect(await suppression()).toEqual({ reason: 'complaint', email: null, evidence: {} });
});

test('a late bounce gives a forgotten address no name again', async () => {
  await forgetAda();
  await suppress('bounce', { reply: `550 ${ADA}` });
  expect(await suppression()).toEqual({ reason: 'bounce', email: null, evidence: {} });
});

test('forgetting one who is not known keeps them away too, and twice is as once', async () => {
  expect(await forgetAda()).toEqual({ readers: 0 });
  expect(await forgetAda()).toEqual({ readers: 0 });
  expect(await suppression()).toMatchObject({ reason: 'erased' });
});

test('notices to the address are erased in the same transaction', async () => {
  await readers.active(ADA);
  const eraseElsewhere = () => Promise.reject(new Error('no'));
  await expect(forget(db, ADA, { eraseElsewhere, now: NOW })).rejects.toThrow('no');
  expect(await readers.status(ADA)).toBe('active');
});

test('a reader is shown with status, suppression and history', async () => {
  await readers.active(ADA);
  await suppress('manual');
  expect(await showSubscriber(db, weekly, ' ADA@example.com')).toMatchObject({
    email: ADA,
    status: 'active',
    locale: 'en',
    suppressed: 'manual',
    history: [
      { at: NOW.toISOString(), event: 'signed up' },
      { at: NOW.toISOString(), event: 'confirmed' },
      { at: NOW.toISOString(), event: 'suppressed' },
    ],
  });
});

test('showing one who is no reader says so, and that the address is suppressed if it is', async () => {
  await expect(showSubscriber(db, weekly, ADA)).rejects.toMatchObject({ code: 'unknown_subscriber' });
  await forgetAda();
  await expect(showSubscriber(db, weekly, ADA)).rejects.toThrow('suppressed: erased');
  await expect(showSubscriber(db, weekly, 'nobody')).rejects.toMatchObject({ code: 'bad_address' });
});

test('readers are counted by status', async () => {
  await readers.active(ADA);
  await readers.asks('bob@example.com');
  expect(await countByStatus(db, weekly.id)).toEqual({
    pending: 1,
    active: 1,
    unsubscribed: 0,
    bounced: 0,
    complained: 0,
  });
});
