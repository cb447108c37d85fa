import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/clock.ts';
import { asId, type ConsentId } from '../../src/ids.ts';
import { confirm, previewConfirmation } from '../../src/subscribers/confirm.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { suppressAddress } from '../../src/subscribers/suppress.ts';
import { findSuppression } from '../../src/subscribers/suppression-store.ts';
import { testDatabase } from '../support/database.ts';
import { emptyReaders, historyOf, later, makePublication, NOW, openReaders } from './readers.ts';

const { db } = await testDatabase();
const readers = await openReaders(db, await makePublication(db, 'weekly'));
const ADA = 'ada@example.com';

function suppress(reason: 'bounce' | 'complaint' | 'manual', now: Date) {
  const address = { email: ADA, address_hash: readers.hashAddress(ADA) };
  return db.transaction().execute((tx) => suppressAddress(tx, address, { reason, evidence: {}, now }));
}

beforeEach(async () => {
  await emptyReaders(db);
  readers.asked.length = 0;
  readers.welcomed.length = 0;
});

test('confirming makes a reader, keeps the evidence, and welcomes once', async () => {
  const consent = await readers.asks(ADA);
  const confirmation = await readers.confirm(consent, later(HOUR_MS));
  expect(confirmation).toMatchObject({ kind: 'confirmed', email: ADA, locale: 'en' });
  expect(await readers.status(ADA)).toBe('active');
  expect(readers.welcomed).toHaveLength(1);
  expect(await db.selectFrom('consents').selectAll().execute()).toMatchObject([
    { confirmed_at: later(HOUR_MS), confirm_address_prefix: '198.51.100.0/24' },
  ]);
});

test('looking at the page changes nothing', async () => {
  const consent = await readers.asks(ADA);
  expect(await previewConfirmation(db, consent, NOW)).toMatchObject({ kind: 'open', email: ADA });
  expect(await readers.status(ADA)).toBe('pending');
});

test('pressing twice, or at once, is as pressing once', async () => {
  const consent = await readers.asks(ADA);
  const presses = await Promise.all(Array.from({ length: 5 }, () => readers.confirm(consent)));
  expect(presses.map((press) => press.kind).sort()).toEqual([...Array(4).fill('already'), 'confirmed']);
  expect(readers.welcomed).toHaveLength(1);
});

test('a consumed consent brings nobody back who left afterwards', async () => {
  const consent = await readers.asks(ADA);
  const confirmation = await readers.confirm(consent);
  if (confirmation.kind !== 'confirmed') throw new Error('not confirmed');
  await unsubscribe(db, confirmation.subscriber_id, { via: 'one-click', now: later(HOUR_MS) });
  expect(await readers.confirm(consent, later(2 * HOUR_MS))).toMatchObject({ kind: 'gone' });
  expect(await readers.status(ADA)).toBe('unsubscribed');
});

test('neither does one that was asked for before leaving and never used', async () => {
  const [first, second] = [await readers.asks(ADA), await readers.asks(ADA, later(HOUR_MS))];
  const confirmation = await readers.confirm(first, later(HOUR_MS));
  if (confirmation.kind !== 'confirmed') throw new Error('not confirmed');
  await unsubscribe(db, confirmation.subscriber_id, { via: 'page', now: later(2 * HOUR_MS) });
  expect(await readers.confirm(second, later(3 * HOUR_MS))).toMatchObject({ kind: 'gone' });
});

test('a sign-up after leaving brings back', async () => {
  const id = await readers.active(ADA);
  await unsubscribe(db, id, { via: 'page', now: later(HOUR_MS) });
  const again = await readers.asks(ADA, later(2 * HOUR_MS));
  expect(await readers.confirm(again, later(3 * HOUR_MS))).toMatchObject({ kind: 'confirmed' });
  expect(await readers.status(ADA)).toBe('active');
  expect(await historyOf(db, id)).toEqual(['signed up', 'confirmed', 'unsubscribed', 'confirmed']);
});

test.each(['bounce', 'complaint'] as const)('confirming lifts a suppression for a %s', async (reason) => {
  const id = await readers.active(ADA);
  await suppress(reason, later(HOUR_MS));
  const again = await readers.asks(ADA, later(2 * HOUR_MS));
  expect(await readers.confirm(again, later(2 * HOUR_MS))).toMatchObject({ kind: 'confirmed' });
  expect(await findSuppression(db, readers.hashAddress(ADA))).toBeNull();
  expect((await historyOf(db, id)).slice(-2)).toEqual(['confirmed', 'suppression lifted']);
});

test('confirming lifts an erasure: the person came back by themselves', async () => {
  await readers.active(ADA);
  await forget(db, ADA, { eraseElsewhere: async () => {}, now: later(HOUR_MS) });
  await readers.active(ADA, later(2 * HOUR_MS));
  expect(await readers.status(ADA)).toBe('active');
  expect(await findSuppression(db, readers.hashAddress(ADA))).toBeNull();
});

test('confirming does not lift a suppression made by hand in the meantime', async () => {
  const consent = await readers.asks(ADA);
  await suppress('manual', later(HOUR_MS));
  expect(await readers.confirm(consent, later(2 * HOUR_MS))).toMatchObject({ kind: 'blocked' });
  expect(await readers.status(ADA)).toBe('pending');
  expect(readers.welcomed).toEqual([]);
});

test('a sign-up that nobody confirmed for a month is over', async () => {
  const consent = await readers.asks(ADA);
  expect(await readers.confirm(consent, later(31 * DAY_MS))).toMatchObject({ kind: 'gone' });
  expect(await readers.status(ADA)).toBe('pending');
});

test('a consent of nobody, or of one who was erased, is gone', async () => {
  const consent = await readers.asks(ADA);
  await forget(db, ADA, { eraseElsewhere: async () => {}, now: NOW });
  expect(await readers.confirm(consent)).toEqual({ kind: 'gone', consent: null });
  expect(await readers.confirm(asId<ConsentId>(999_999))).toEqual({ kind: 'gone', consent: null });
});

test('a welcome that cannot be noted leaves the reader pending and the consent unused', async () => {
  const consent = await readers.asks(ADA);
  const broken = { db, welcome: () => Promise.reject(new Error('no room')) };
  await expect(confirm(broken, consent, { address_prefix: null, now: NOW })).rejects.toThrow('no room');
  expect(await readers.status(ADA)).toBe('pending');
  expect(await readers.confirm(consent)).toMatchObject({ kind: 'confirmed' });
});
