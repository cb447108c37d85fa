import { beforeEach, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { signUp } from '../../src/subscribers/sign-up.ts';
import { suppressAddress } from '../../src/subscribers/suppress.ts';
import { testDatabase } from '../support/database.ts';
import { emptyReaders, historyOf, later, makePublication, NOW, openReaders } from './readers.ts';

const { db } = await testDatabase();
const publication = await makePublication(db, 'weekly');
const readers = await openReaders(db, publication);

beforeEach(async () => {
  await emptyReaders(db);
  readers.asked.length = 0;
});

test('a new address is pending and is asked, with the evidence of what was agreed to', async () => {
  expect(await readers.signUp('Ada@Example.com', { name: 'Ada', locale: 'de_at' })).toEqual({
    ok: true,
    value: null,
  });
  expect(await readers.status('ada@example.com')).toBe('pending');
  expect(readers.asked).toMatchObject([{ email: 'Ada@example.com', locale: 'de-AT' }]);
  expect(await db.selectFrom('consents').selectAll().execute()).toMatchObject([
    {
      source: 'form',
      form_version: 'v1',
      locale: 'de-AT',
      address_prefix: '192.0.2.0/24',
      requested_at: NOW,
      confirmed_at: null,
    },
  ]);
});

test('what is no address is refused, and leaves nothing', async () => {
  expect(await readers.signUp('a@b\r\nBcc: eve@example.com')).toMatchObject({ ok: false });
  expect(await db.selectFrom('subscribers').selectAll().execute()).toEqual([]);
});

test('who is active already gets nothing, and the answer is the same', async () => {
  await readers.active('ada@example.com');
  readers.asked.length = 0;
  expect(await readers.signUp('ADA@example.com', { now: later(HOUR_MS) })).toEqual({ ok: true, value: null });
  expect(readers.asked).toEqual([]);
  expect(await readers.status('ada@example.com')).toBe('active');
});

test('one address gets one confirm mail in ten minutes and three in a day', async () => {
  const minutes = [0, 5, 11, 25, 60, 23 * 60, 24 * 60 + 1];
  for (const minute of minutes) await readers.signUp('ada@example.com', { now: later(minute * MINUTE_MS) });
  const times = await db.selectFrom('consents').select('requested_at').orderBy('id').execute();
  expect(times.map((row) => (row.requested_at.getTime() - NOW.getTime()) / MINUTE_MS)).toEqual([
    0,
    11,
    25,
    24 * 60 + 1,
  ]);
  expect(readers.asked).toHaveLength(4);
});

test('twenty sign-ups of one address at once are one reader and one confirm mail', async () => {
  await Promise.all(Array.from({ length: 20 }, () => readers.signUp('ada@example.com')));
  expect(readers.asked).toHaveLength(1);
  expect(await db.selectFrom('subscribers').selectAll().execute()).toHaveLength(1);
});

test('who left may ask to be asked again, and stays away until they confirm', async () => {
  const id = await readers.active('ada@example.com');
  await unsubscribe(db, id, { via: 'page', now: later(HOUR_MS) });
  readers.asked.length = 0;
  await readers.signUp('ada@example.com', { now: later(2 * HOUR_MS), name: 'BUY NOW' });
  expect(readers.asked).toHaveLength(1);
  expect(await readers.status('ada@example.com')).toBe('unsubscribed');
  expect(await db.selectFrom('subscribers').select('name').execute()).toEqual([{ name: '' }]);
});

test.each(['bounce', 'complaint'] as const)(
  'an address suppressed for a %s gets the one confirm mail that its own sign-up asks for',
  async (reason) => {
    const address = { email: 'ada@example.com', address_hash: readers.hashAddress('ada@example.com') };
    await db.transaction().execute((tx) => suppressAddress(tx, address, { reason, evidence: {}, now: NOW }));
    await readers.signUp('ada@example.com');
    expect(readers.asked).toHaveLength(1);
  },
);

test('an address suppressed by hand gets nothing and becomes nothing, and the answer is the same', async () => {
  const address = { email: 'ada@example.com', address_hash: readers.hashAddress('ada@example.com') };
  const why = { reason: 'manual', evidence: {}, now: NOW } as const;
  await db.transaction().execute((tx) => suppressAddress(tx, address, why));
  expect(await readers.signUp('ada@example.com')).toEqual({ ok: true, value: null });
  expect(readers.asked).toEqual([]);
  expect(await readers.status('ada@example.com')).toBeUndefined();
});

test('a name is one line without control characters', async () => {
  await readers.signUp('ada@example.com', { name: ' Ada\r\nBcc: x\u0000 \u2028 Lovelace ' });
  expect(await db.selectFrom('subscribers').select('name').execute()).toEqual([
    { name: 'Ada Bcc: x Lovelace' },
  ]);
});

test('a sign-up whose confirm mail cannot be noted leaves no reader', async () => {
  const broken = { ...readers.parts, askToConfirm: () => Promise.reject(new Error('no room')) };
  const request = {
    publication,
    email: 'ada@example.com',
    source: 'form',
    form_version: 'v1',
    address_prefix: null,
    now: NOW,
  } as const;
  await expect(signUp(broken, request)).rejects.toThrow('no room');
  expect(await readers.status('ada@example.com')).toBeUndefined();
});

test('the history begins with the sign-up', async () => {
  await readers.signUp('ada@example.com');
  const [row] = await db.selectFrom('subscribers').select('id').execute();
  expect(row && (await historyOf(db, row.id))).toEqual(['signed up']);
});
