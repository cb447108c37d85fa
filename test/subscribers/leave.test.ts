import { beforeEach, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { asId, type SubscriberId } from '../../src/ids.ts';
import { canUndoUnsubscribe, undoUnsubscribe, unsubscribe } from '../../src/subscribers/leave.ts';
import { writePreferences } from '../../src/subscribers/preferences.ts';
import { findSubscriber } from '../../src/subscribers/subscriber-store.ts';
import { suppressReader } from '../../src/subscribers/suppress.ts';
import { testDatabase } from '../support/database.ts';
import { emptyReaders, historyOf, later, makePublication, NOW, openReaders } from './readers.ts';

const { db } = await testDatabase();
const readers = await openReaders(db, await makePublication(db, 'weekly'));
const ADA = 'ada@example.com';
const NOBODY = asId<SubscriberId>(999_999);
const leave = (id: SubscriberId, now = NOW) => unsubscribe(db, id, { via: 'one-click', now });

beforeEach(() => emptyReaders(db));

test('leaving works at once, and a second time changes nothing', async () => {
  const id = await readers.active(ADA);
  const presses = await Promise.all([leave(id), leave(id), leave(id)]);
  expect(presses.map((press) => press.kind).sort()).toEqual(['already', 'already', 'left']);
  expect(await readers.status(ADA)).toBe('unsubscribed');
  expect(await historyOf(db, id)).toEqual(['signed up', 'confirmed', 'unsubscribed']);
});

test('who was only asked can leave too', async () => {
  await readers.asks(ADA);
  const [row] = await db.selectFrom('subscribers').select('id').execute();
  expect(row && (await leave(row.id))).toEqual({ kind: 'left', was: 'pending' });
});

test('who was erased cannot leave any more, and nothing breaks', async () => {
  expect(await leave(NOBODY)).toEqual({ kind: 'unknown' });
  expect(await undoUnsubscribe(db, NOBODY, NOW)).toBe(false);
});

test('a slip is undone within the hour, once', async () => {
  const id = await readers.active(ADA);
  await leave(id);
  expect(await canUndoUnsubscribe(db, id, later(59 * MINUTE_MS))).toBe(true);
  expect(await undoUnsubscribe(db, id, later(59 * MINUTE_MS))).toBe(true);
  expect(await readers.status(ADA)).toBe('active');
  expect(await undoUnsubscribe(db, id, later(59 * MINUTE_MS))).toBe(false);
  expect((await historyOf(db, id)).at(-1)).toBe('unsubscribe undone');
});

test('later than an hour is no slip', async () => {
  const id = await readers.active(ADA);
  await leave(id);
  expect(await undoUnsubscribe(db, id, later(61 * MINUTE_MS))).toBe(false);
  expect(await readers.status(ADA)).toBe('unsubscribed');
});

test('undoing confirms nobody who had not confirmed', async () => {
  await readers.asks(ADA);
  const [row] = await db.selectFrom('subscribers').select('id').execute();
  if (!row) throw new Error('no reader');
  await leave(row.id);
  expect(await undoUnsubscribe(db, row.id, NOW)).toBe(false);
});

test('what an editor or an import did is not undone by the reader’s button', async () => {
  const id = await readers.active(ADA);
  await unsubscribe(db, id, { via: 'desk', now: NOW });
  expect(await canUndoUnsubscribe(db, id, NOW)).toBe(false);
});

test('an address that was suppressed in between does not come back', async () => {
  const id = await readers.active(ADA);
  await leave(id);
  const why = { reason: 'complaint', evidence: {}, now: later(MINUTE_MS) } as const;
  await db.transaction().execute((tx) => suppressReader(tx, id, why));
  expect(await undoUnsubscribe(db, id, later(2 * MINUTE_MS))).toBe(false);
});

test('a reader changes their name, language and timezone, in one line, a real language and a real zone', async () => {
  const id = await readers.active(ADA);
  const given = { name: ' Ada\nLovelace ', locale: 'zh-hant', timezone: 'Asia/Tokyo', now: later(HOUR_MS) };
  expect(await writePreferences(db, id, given)).toEqual({ ok: true, value: null });
  expect(await findSubscriber(db, id)).toMatchObject({
    name: 'Ada Lovelace',
    locale: 'zh-Hant',
    timezone: 'Asia/Tokyo',
  });
  expect(await writePreferences(db, id, { ...given, locale: '!' })).toEqual({
    ok: false,
    error: 'bad locale',
  });
  const wrong = await writePreferences(db, id, { ...given, timezone: 'Mars/Olympus' });
  expect(wrong).toEqual({ ok: false, error: 'bad timezone' });
  await writePreferences(db, id, { ...given, timezone: '' });
  expect((await findSubscriber(db, id))?.timezone).toBeNull();
  expect(await writePreferences(db, NOBODY, given)).toEqual({ ok: false, error: 'unknown reader' });
  expect((await historyOf(db, id)).at(-1)).toBe('preferences changed');
});

test('changed preferences do not stand in the way of undoing', async () => {
  const id = await readers.active(ADA);
  await leave(id);
  await writePreferences(db, id, { name: 'Ada', locale: 'en', timezone: '', now: later(MINUTE_MS) });
  expect(await undoUnsubscribe(db, id, later(2 * MINUTE_MS))).toBe(true);
});
