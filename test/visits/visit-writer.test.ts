import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { asId, type SendId } from '../../src/ids.ts';
import { silentLog } from '../../src/log.ts';
import { deleteOldSalts } from '../../src/visits/salt-store.ts';
import { VisitWriter } from '../../src/visits/visit-writer.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend } from '../support/press.ts';

const { db } = await testDatabase();
const publication = await makePublication(db);
await makeReaders(db, publication, 1);
const send = await makeSend(db, publication);
const NOON = new Date('2026-11-23T12:00:00Z');
const later = (ms: number) => new Date(NOON.getTime() + ms);

/** So many opens from one address, written when the writer is closed. */
async function open(now: Date, { times = 1, address = '198.51.100.7', of = send } = {}): Promise<void> {
  const writer = new VisitWriter({ db, clock: { now: () => now }, log: silentLog });
  const target = { kind: 'open', send: of, subscriber: null } as const;
  const one = { at: now, target, method: 'GET', address, agent: 'Reader/1', prefetch: false } as const;
  for (let n = 0; n < times; n += 1) writer.add(one);
  await writer.close();
}

async function visitorOf(now: Date, address?: string): Promise<Buffer | null> {
  await open(now, address === undefined ? {} : { address });
  const newest = db.selectFrom('visits').select('visitor').orderBy('id', 'desc').limit(1);
  return (await newest.executeTakeFirstOrThrow()).visitor;
}

const countVisits = async () => (await db.selectFrom('visits').select('id').execute()).length;
const salts = () => db.selectFrom('visit_salts').select('salt').execute();

beforeEach(async () => {
  await db.deleteFrom('visits').execute();
});

test('a visitor is the same for all processes on one day, and another one on the next', async () => {
  const first = await visitorOf(NOON);
  expect(await visitorOf(later(HOUR_MS))).toEqual(first);
  expect(await visitorOf(NOON, '198.51.100.8')).not.toEqual(first);
  expect(await visitorOf(later(DAY_MS))).not.toEqual(first);
});

test('a day’s salt is deleted when the day is over and an hour has passed', async () => {
  await db.deleteFrom('visit_salts').execute();
  await open(NOON);
  expect(await deleteOldSalts(db, later(12 * HOUR_MS + 59 * MINUTE_MS))).toBe(0);
  expect(await salts()).toHaveLength(1);
  await open(later(13 * HOUR_MS));
  expect(await deleteOldSalts(db, later(13 * HOUR_MS))).toBe(1);
  expect(await salts()).toHaveLength(1);
});

test('what waits when a process stops is written; what has no room is not counted, and memory does not grow', async () => {
  await open(NOON, { times: 30_000 });
  // a thousand under way, and twenty that wait
  expect(await countVisits()).toBe(21_000);
});

test('visits of a send that is not there, or that is condensed, are not counted', async () => {
  await open(NOON, { of: asId<SendId>(999_999) });
  await db.updateTable('sends').set({ condensed_at: NOON }).where('id', '=', send).execute();
  await open(NOON);
  expect(await countVisits()).toBe(0);
});
