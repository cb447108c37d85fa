import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import type { Ending } from '../../src/mail/attempt.ts';
import { Throttle } from '../../src/outbound/throttle.ts';
import { limitsInForce, readLimits } from '../../src/outbound/throttle-store.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
beforeEach(async () => {
  for (const table of ['allowances', 'throttles', 'paces'] as const) await db.deleteFrom(table).execute();
});

let time = 1_000_000;
const clock = { now: () => new Date(time) };
/** A worker's; what it has read of the limits is as good as forgotten after a second of its clock. */
const worker = () => new Throttle({ db, clock, log: silentLog });
const nextSecond = () => {
  time += 1000;
};

const accepted: Ending = { kind: 'accepted', code: 250, enhanced: '2.0.0', reply: '250 ok', server_id: null };
const refused = (code: number, enhanced: string | null): Ending => ({
  kind: 'refused',
  stage: 'rcpt',
  permanent: code >= 500,
  code,
  enhanced,
  reply: `${code} ${enhanced}`,
});
const slowDown = refused(421, '4.7.28');
const gmail = (count: number) => Array.from({ length: count }, (_, n) => `reader${n}@gmail.com`);

async function setLimit(provider: string, per_second: number, measured = 1000): Promise<void> {
  await sql`insert into throttles values (${provider}, ${per_second}, ${measured}, now())`.execute(db);
  nextSecond();
}
/** As if so many seconds had passed on the database's clock. */
async function pass(seconds: number): Promise<void> {
  await sql`update throttles set halved_at = halved_at - ${seconds} * interval '1 second'`.execute(db);
  await sql`update allowances set next_at = next_at - ${seconds} * interval '1 second'`.execute(db);
  nextSecond();
}
const limitOf = async (provider: string) =>
  (await readLimits(db)).find((limit) => limit.provider === provider)?.per_second;
const count = (admitted: readonly boolean[]) => admitted.filter(Boolean).length;

test('without a limit everybody is admitted, and a limit set elsewhere is known within a second', async () => {
  const throttle = worker();
  expect(count(await throttle.admission().admit(gmail(100)))).toBe(100);
  await sql`insert into throttles values ('gmail', 1, 100, now())`.execute(db);
  expect(count(await throttle.admission().admit(gmail(100)))).toBe(100);
  nextSecond();
  expect(count(await throttle.admission().admit(gmail(100)))).toBe(0);
});

test('a refusal halves what went to its provider, counted over all workers, and nobody else’s', async () => {
  const [one, two] = [worker(), worker()];
  for (const address of gmail(30)) one.heard(address, accepted);
  for (const address of gmail(50)) two.heard(address, accepted);
  await one.admission().admit(['ada@example.com']);
  two.heard('ben@gmail.com', slowDown);
  await two.settled();
  const limit = (await limitOf('gmail')) ?? 0;
  expect([81 / 2, 81 / 4, 81 / 6]).toContain(limit);
  expect((await readLimits(db)).map(({ provider }) => provider)).toEqual(['gmail']);
  // many of one wave, of whichever worker
  const three = worker();
  for (const address of gmail(20)) for (const of of [one, two, three]) of.heard(address, slowDown);
  await Promise.all([one.settled(), two.settled(), three.settled()]);
  expect(await limitOf('gmail')).toBe(limit);
});

test.each([
  ['one mailbox that gets too much', refused(450, '4.2.1')],
  ['one mailbox that is full', refused(452, '4.2.2')],
  ['a refusal for good', refused(550, '5.7.1')],
  ['a connection that broke', { kind: 'lost', after_final_dot: false, reason: 'reset' } as const],
])('%s slows nobody down', async (_name, ending) => {
  const throttle = worker();
  for (const address of gmail(50)) throttle.heard(address, accepted);
  throttle.heard('ada@gmail.com', ending);
  await throttle.settled();
  await throttle.admission().admit(gmail(1));
  expect(await readLimits(db)).toEqual([]);
});

test('two workers share a provider’s limit, and the readers of others are admitted all the same', async () => {
  await setLimit('gmail', 10);
  const [one, two] = [worker(), worker()];
  await one.admission().admit(gmail(1));
  await pass(60);
  const chunk = [...gmail(50), ...Array.from({ length: 50 }, (_, n) => `reader${n}@yahoo.com`)];
  const admitted = await Promise.all([one.admission().admit(chunk), two.admission().admit(chunk)]);
  for (const all of admitted) expect(count(all.slice(50))).toBe(50);
  const went = admitted.reduce((sum, all) => sum + count(all.slice(0, 50)), 0);
  // of sixty seconds in which nobody came two are saved; a step or two have been taken since
  expect(went).toBeGreaterThanOrEqual(20);
  expect(went).toBeLessThanOrEqual(20 * 1.25 ** 2 + 5);
});

test('a company’s domain is limited for itself', async () => {
  await setLimit('example.com', 1);
  const admitted = await worker()
    .admission()
    .admit(['ada@example.com', 'ben@EXAMPLE.com', 'cleo@example.org']);
  expect(admitted).toEqual([false, false, true]);
});

test('batches with held back readers come again one after another, a part of a second apart, and within a minute', async () => {
  await setLimit('gmail', 100);
  const throttle = worker();
  const waits: number[] = [];
  for (let batch = 0; batch < 150; batch += 1) {
    const admission = throttle.admission();
    await admission.admit(gmail(100));
    waits.push((await admission.waitMs()) ?? 0);
  }
  const [first = 0, second = 0] = waits;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(500);
  expect(second).toBeGreaterThan(500);
  expect(Math.max(...waits)).toBeLessThanOrEqual(60_500);
});

test('a limit says whether it holds readers back just now', async () => {
  await setLimit('gmail', 10);
  const admission = worker().admission();
  expect(await limitsInForce(db)).toEqual([{ provider: 'gmail', per_second: 10, holds_back: false }]);
  await admission.admit(gmail(100));
  await admission.waitMs();
  expect(await limitsInForce(db)).toEqual([{ provider: 'gmail', per_second: 10, holds_back: true }]);
  await pass(10);
  expect(await limitsInForce(db)).toEqual([{ provider: 'gmail', per_second: 10, holds_back: false }]);
});

test('a batch without held back readers waits for nothing', async () => {
  await setLimit('gmail', 1);
  const admission = worker().admission();
  await admission.admit(['ada@example.com']);
  expect(await admission.waitMs()).toBeNull();
});

test('a limit grows back by steps and is gone at last, with everything that was counted for it', async () => {
  await setLimit('gmail', 40, 100);
  const throttle = worker();
  const rest = throttle.admission();
  await rest.admit(gmail(1));
  await rest.waitMs();
  await pass(31);
  await throttle.admission().admit(gmail(1));
  expect(await limitOf('gmail')).toBe(40);
  await pass(600);
  expect(count(await throttle.admission().admit(gmail(100)))).toBe(100);
  expect(await readLimits(db)).toEqual([]);
  expect(await db.selectFrom('allowances').selectAll().execute()).toEqual([]);
});

test('a database that crashed has forgotten what was taken, and nothing else', async () => {
  await setLimit('gmail', 10);
  const throttle = worker();
  await throttle.admission().admit(gmail(1));
  await sql`truncate allowances, paces`.execute(db);
  expect(count(await throttle.admission().admit(gmail(100)))).toBe(0);
  await pass(1);
  expect(count(await throttle.admission().admit(gmail(100)))).toBeGreaterThanOrEqual(10);
});
