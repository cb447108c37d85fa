import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { missingBatchJobs } from '../../src/delivery/batch-store.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import { freezeDueSend } from '../../src/delivery/freeze-due-send.ts';
import { firstInstant, type LocalTime, readLocalTime } from '../../src/delivery/local-time.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { retrySend } from '../../src/delivery/retry-send.ts';
import type { SendId } from '../../src/ids.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import type { Publication } from '../../src/publications/publication.ts';
import { publicationById } from '../../src/publications/publication-store.ts';
import { testDatabase } from '../support/database.ts';
import { issueText, makePublication, makeReaders, testLimits } from '../support/press.ts';

/** A send that goes out when each reader's own wall clock shows the hour. */

const { db } = await testDatabase();
let publication: Publication;
let now: Date;
const deps = {
  db,
  clock: { now: () => now },
  limits: testLimits({ batchSize: 2, pastDueMs: Number.MAX_SAFE_INTEGER }),
  tellEditors: async () => {},
};

beforeEach(async () => {
  now = systemClock.now();
  const id = await makePublication(db);
  await db.updateTable('publications').set({ timezone: 'Europe/Berlin' }).where('id', '=', id).execute();
  publication = await publicationById(db, id);
});

async function reader(name: string, timezone: string | null): Promise<void> {
  await makeReaders(db, publication.id, [`${name}@example.com`]);
  const readers = db
    .updateTable('subscribers')
    .set({ timezone })
    .where('publication_id', '=', publication.id);
  await readers.where('email', '=', `${name}@example.com`).execute();
}

async function send(at: string): Promise<SendId> {
  const bytes = Buffer.from(issueText('week-1', '2026-W01'));
  const { issue } = await importIssue(db, { publication, bytes, file: null });
  return (await createSend(deps, { publication, issue, at: at as LocalTime, again: false })).id;
}

/** The send as it would be frozen when its first readers are due, by the clock of another day. */
async function freeze(at: string): Promise<SendId> {
  const id = await send(at);
  now = new Date(`${at}:00Z`);
  await freezeDueSend(deps, id);
  return id;
}

/** Who gets it when, by the batches' due times. */
async function hoursOf(id: SendId): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; due: Date }>`
    select split_part(s.email, '@', 1) as name, b.due_at as due
    from batches b cross join unnest(b.subscriber_ids) r(id) join subscribers s on s.id = r.id
    where b.send_id = ${id} order by s.id`.execute(db);
  return Object.fromEntries(rows.map(({ name, due }) => [name, due.toISOString().replace(':00.000Z', '')]));
}

const nextYear = () => now.getUTCFullYear() + 1;

test('each reader gets it at that hour where they live; without a zone that is known, at the publication’s hour', async () => {
  await reader('tokyo', 'Asia/Tokyo');
  await reader('berlin', 'europe/berlin');
  await reader('lima', 'America/Lima');
  await reader('nowhere', null);
  await reader('mars', 'Mars/Olympus Mons');
  await reader('offset', '+25:99');
  const year = nextYear();
  expect(await hoursOf(await freeze(`${year}-12-01T08:00`))).toEqual({
    tokyo: `${year}-11-30T23:00`,
    berlin: `${year}-12-01T07:00`,
    lima: `${year}-12-01T13:00`,
    nowhere: `${year}-12-01T07:00`,
    mars: `${year}-12-01T07:00`,
    offset: `${year}-12-01T07:00`,
  });
});

test('an hour that clocks skip comes as much later as they skip, one that comes twice is its second', async () => {
  await reader('berlin', 'Europe/Berlin');
  expect(await hoursOf(await freeze('2035-03-25T02:30'))).toEqual({ berlin: '2035-03-25T01:30' });
  publication = await publicationById(db, await makePublication(db));
  await reader('berlin', 'Europe/Berlin');
  expect(await hoursOf(await freeze('2035-10-28T02:30'))).toEqual({ berlin: '2035-10-28T01:30' });
});

test('it is frozen when the day reaches its first zone, and the receipt says who gets it later', async () => {
  await reader('kiritimati', 'Pacific/Kiritimati');
  await reader('berlin', 'Europe/Berlin');
  await reader('honolulu', 'Pacific/Honolulu');
  const year = nextYear();
  const id = await send(`${year}-12-01T08:00`);
  expect(await receipt(db, id)).toMatchObject({
    state: 'scheduled',
    local_at: `${year}-12-01T08:00`,
    later: null,
  });
  now = new Date(`${year}-11-30T17:59:59Z`);
  expect(await freezeDueSend(deps, id)).toBe(false);
  now = new Date(`${year}-11-30T18:00:00Z`);
  expect(await freezeDueSend(deps, id)).toBe(true);
  const later = { readers: 3, last_at: `${year}-12-01T18:00:00.000Z` };
  expect(await receipt(db, id)).toMatchObject({ state: 'sending', audience: 3, queued: 3, later });
  expect(await missingBatchJobs(db)).toEqual([]);
});

test('where the hour has come or is over it goes at once, one batch for all of them', async () => {
  for (const name of ['a', 'b', 'c']) await reader(name, 'Pacific/Kiritimati');
  await reader('auckland', 'Pacific/Auckland');
  await reader('honolulu', 'Pacific/Honolulu');
  await db
    .updateTable('publications')
    .set({ timezone: 'Pacific/Honolulu' })
    .where('id', '=', publication.id)
    .execute();
  publication = await publicationById(db, publication.id);
  // an hour from now in Honolulu is a day that is nearly over in Kiritimati
  const inHonolulu = new Date(now.getTime() - 9 * 3_600_000)
    .toISOString()
    .slice(0, 'YYYY-MM-DDTHH:MM'.length);
  const id = await send(inHonolulu);
  expect((await missingBatchJobs(db)).filter((job) => job.send === id).map(({ batch }) => batch)).toEqual([
    1, 2,
  ]);
  expect((await receipt(db, id)).later?.readers).toBe(1);

  await cancelSend(db, id);
  const child = await retrySend(deps, id, false);
  expect(await receipt(db, child.id)).toMatchObject({ audience: 5, local_at: null, later: null });
  expect((await missingBatchJobs(db)).filter((job) => job.send === child.id)).toHaveLength(3);
});

test('a canary of such a send are those whose hour comes first', async () => {
  await db.updateTable('publications').set({ canary_size: 2 }).where('id', '=', publication.id).execute();
  publication = await publicationById(db, publication.id);
  await reader('lima', 'America/Lima');
  await reader('berlin', 'Europe/Berlin');
  await reader('tokyo', 'Asia/Tokyo');
  await reader('vienna', 'Europe/Vienna');
  const id = await freeze(`${nextYear()}-12-01T08:00`);
  const batches = await db
    .selectFrom('batches')
    .select(['number', 'size'])
    .where('send_id', '=', id)
    .execute();
  expect(batches.toSorted((one, other) => one.number - other.number).map(({ size }) => size)).toEqual([
    1, 1, 1, 1,
  ]);
  expect(await receipt(db, id)).toMatchObject({ audience: 4, canary: { state: 'running', readers: 2 } });
  const { canary_batches } = await db
    .selectFrom('sends')
    .select('canary_batches')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(canary_batches).toBe(2);
});

test('without a day it is the next such hour where the publication is at home; one that is over is refused', async () => {
  const at = new Date('2026-11-23T06:30:00Z');
  expect(readLocalTime('08:00', null, 'Europe/Berlin', at)).toBe('2026-11-23T08:00');
  expect(readLocalTime('07:30', null, 'Europe/Berlin', at)).toBe('2026-11-24T07:30');
  expect(readLocalTime('07:30', '2026-12-24', 'Europe/Berlin', at)).toBe('2026-12-24T07:30');
  for (const [time, day] of [
    ['8:00', null],
    ['24:00', null],
    ['08:00', '2026-02-30'],
    ['08:00', '2026-12-01T08:00:00Z'],
  ] as const) {
    expect(() => readLocalTime(time, day, 'UTC', at)).toThrow(expect.objectContaining({ code: 'bad_time' }));
  }
  expect(firstInstant('2026-12-01T08:00' as LocalTime)).toEqual(new Date('2026-11-30T18:00:00Z'));
  await reader('berlin', null);
  await expect(send('2021-02-15T08:00')).rejects.toMatchObject({ code: 'past_time' });
});
