import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { takeStretch } from '../../src/outbound/allowance-store.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import type { RateDeps } from '../../src/outbound/rates.ts';
import { testDatabase } from '../support/database.ts';
import { letGo } from '../support/handover.ts';
import { startSink } from '../support/sink.ts';

const { db } = await testDatabase();
const one = await startSink();
const two = await startSink();
afterAll(() => Promise.all([one.stop(), two.stop()]));
beforeEach(async () => {
  one.taken.length = 0;
  two.taken.length = 0;
  await db.deleteFrom('allowances').execute();
});

const message = {
  from: 'press@example.com',
  to: 'ada@example.com',
  raw: Buffer.from('Subject: x\r\n\r\nHello.\r\n'),
};
const shared: RateDeps = { overall: null, takeStretch: (name, ms) => takeStretch(db, name, ms) };

/** Sends so many at once, and answers how many seconds it took until the last was accepted. */
async function secondsFor(messages: number, outbounds: readonly ReturnType<typeof createOutbound>[]) {
  const started = performance.now();
  const all = Array.from({ length: messages }, (_, n) =>
    outbounds[n % outbounds.length]?.send(message, letGo),
  );
  for (const attempt of await Promise.all(all)) expect(attempt).toMatchObject({ kind: 'accepted' });
  for (const outbound of outbounds) await outbound.close();
  return (performance.now() - started) / 1000;
}

/** The most that two workers may be ahead: the fifth of a second that each has taken. */
const AHEAD = 2 * 4;

test('two workers keep to the rate of a server together', async () => {
  const target = { ...one.target, rate: 20 };
  const workers = [
    createOutbound([target], systemClock, shared),
    createOutbound([target], systemClock, shared),
  ];
  expect(await secondsFor(50, workers)).toBeGreaterThan((50 - AHEAD) / 20);
  expect(one.taken).toHaveLength(50);
});

test('two workers keep to the rate over all servers together', async () => {
  const overall = { ...shared, overall: 20 };
  const workers = [
    createOutbound([one.target, two.target], systemClock, overall),
    createOutbound([one.target, two.target], systemClock, overall),
  ];
  expect(await secondsFor(50, workers)).toBeGreaterThan((50 - AHEAD) / 20);
  expect(one.taken.length + two.taken.length).toBe(50);
  expect(two.taken.length).toBeGreaterThan(10);
});

test('what a server’s rate does not allow goes to the other, and it has its own turns all the same', async () => {
  const pauses: (() => void)[] = [];
  const pause = (ms: number) =>
    ms < 1 ? Promise.resolve() : new Promise<void>((resolve) => pauses.push(resolve));
  const targets = [{ ...one.target, rate: 0.01 }, two.target];
  const outbound = createOutbound(targets, systemClock, { ...shared, pause });
  for (let n = 0; n < 20; n += 1) await outbound.send(message, letGo);
  expect([one.taken.length, two.taken.length]).toEqual([1, 19]);
  await outbound.close();
});

test('a message that waits for its rate is not marked, and is withheld when the worker stops', async () => {
  const marked: string[] = [];
  const handover = {
    ...letGo,
    mark: async () => {
      marked.push('marked');
      return true;
    },
  };
  const outbound = createOutbound([{ ...one.target, rate: 0.01 }], systemClock, shared);
  expect(await outbound.send(message, handover)).toMatchObject({ kind: 'accepted' });
  const waiting = [outbound.send(message, handover), outbound.send(message, handover)];
  expect(
    await Promise.race([...waiting, new Promise((resolve) => setTimeout(resolve, 200))]),
  ).toBeUndefined();
  outbound.stopWaiting();
  expect(await Promise.all(waiting)).toEqual([{ kind: 'withheld' }, { kind: 'withheld' }]);
  expect(await outbound.send(message, handover)).toEqual({ kind: 'withheld' });
  expect(marked).toHaveLength(1);
  await outbound.close();
});

test('who waits and is not wanted any more leaves its turn to others', async () => {
  const slots: (() => void)[] = [];
  const outbound = createOutbound([{ ...one.target, rate: 0.01 }], systemClock, {
    overall: null,
    takeStretch: async () => 1,
    pause: () => new Promise((resolve) => slots.push(resolve)),
  });
  let wanted = true;
  const given = Array.from({ length: 5 }, () => outbound.send(message, letGo, () => wanted));
  const other = outbound.send(message, letGo);
  wanted = false;
  await vi.waitFor(() => expect(slots).toHaveLength(1));
  slots[0]?.();
  expect(await Promise.all(given)).toEqual(given.map(() => ({ kind: 'withheld' })));
  expect(await other).toMatchObject({ kind: 'accepted' });
  await outbound.close();
});

test('without a rate nothing is asked, and who stops waiting stops nobody', async () => {
  const outbound = createOutbound([one.target], systemClock, {
    overall: null,
    takeStretch: () => Promise.reject(new Error('asked')),
  });
  outbound.stopWaiting();
  expect(await outbound.send(message, letGo)).toMatchObject({ kind: 'accepted' });
  await outbound.close();
});

test('a worker takes more at once while it uses all, a fifth of a second at most, and little again after a rest', async () => {
  let time = 0;
  const taken: number[] = [];
  const outbound = createOutbound(
    [{ ...one.target, rate: 50 }],
    { now: () => new Date(time) },
    {
      overall: null,
      takeStretch: async (_name, stretchMs) => {
        taken.push(Math.round((stretchMs * 50) / 1000));
        return 0;
      },
    },
  );
  for (let n = 0; n < 34; n += 1) await outbound.send(message, letGo);
  expect(taken).toEqual([1, 2, 4, 8, 10, 10]);
  time += 10_000;
  await outbound.send(message, letGo);
  expect(taken.at(-1)).toBe(1);
  await outbound.close();
});

test('an account’s name stands in no table: with some relays it is the key', async () => {
  const target = { ...one.target, rate: 5, auth: { user: 'secret-token', pass: 'secret-token' } };
  const outbound = createOutbound([target], systemClock, shared);
  await outbound.send(message, letGo);
  const names = (await db.selectFrom('allowances').select('name').execute()).map(({ name }) => name);
  expect(names).toEqual([expect.stringMatching(/^server 127\.0\.0\.1:\d+ [0-9a-f]{8}$/)]);
  await outbound.close();
});
