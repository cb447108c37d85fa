import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, systemClock } from '../../src/clock.ts';
import { condenseOldSends } from '../../src/delivery/condense-sends.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import type { LinkId, SendId, SubscriberId } from '../../src/ids.ts';
import {
  classifyVisits,
  missingVisitJob,
  reclassifyVisits,
  timesAround,
} from '../../src/visits/classify-visits.ts';
import { endOldVisits } from '../../src/visits/end-visits.ts';
import { countPending, visitSums } from '../../src/visits/visit-count-store.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend, testLimits } from '../support/press.ts';
import { type GivenVisit, makeLinks, makeVisits } from './visits.ts';

const { db } = await testDatabase();
const { signal: never } = new AbortController();
const noon = new Date('2026-11-23T12:00:00Z');
const evening = new Date('2026-11-23T20:00:00Z');
const after = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

let send: SendId;
let links: readonly LinkId[];
beforeEach(async () => {
  await db.deleteFrom('visits').execute();
  const publication = await makePublication(db);
  await makeReaders(db, publication, 2);
  send = await makeSend(db, publication);
  links = await makeLinks(
    db,
    send,
    Array.from({ length: 8 }, (_, n) => `https://example.com/${n}`),
  );
});

const click = (at: Date, link: number, more: Partial<GivenVisit> = {}): GivenVisit => ({
  at,
  send_id: send,
  link_id: links[link] ?? null,
  ...more,
});
const classes = async () =>
  (await db.selectFrom('visits').select(['class', 'reason']).orderBy('at').orderBy('id').execute()).map(
    (visit) => visit.class,
  );
const sum = async (kind: string, of: string | null, link: LinkId | null = null) =>
  (await visitSums(db, send)).find(
    (each) => each.kind === kind && each.class === of && each.link_id === link && each.reason === null,
  ) ?? { visits: 0, visitors: 0 };

test('a person who reads is told from a filter that follows every link', async () => {
  await makeVisits(db, [
    { at: noon, send_id: send, kind: 'open', who: 'ada' },
    click(after(60), 0, { who: 'ada' }),
    click(after(95), 3, { who: 'ada' }),
    ...links.map((_, n) => click(after(43 + n), n, { who: 'filter' })),
    { at: after(52), send_id: send, kind: 'canary link', who: 'filter' },
  ]);
  await classifyVisits(db, evening, never);
  expect(await sum('click', 'human')).toMatchObject({ visits: 2, visitors: 1 });
  expect(await sum('click', 'scanner')).toMatchObject({ visits: 8, visitors: 1 });
  expect(await sum('click', null)).toMatchObject({ visits: 10, visitors: 2 });
  expect(await sum('click', 'human', links[3])).toMatchObject({ visits: 1, visitors: 1 });
  expect(await sum('click', null, links[3])).toMatchObject({ visits: 2, visitors: 2 });
  expect(await sum('open', 'human')).toMatchObject({ visits: 1, visitors: 1 });
  expect(await sum('canary link', 'scanner')).toMatchObject({ visits: 1 });
});

test('a filter that reads many readers’ mail in turn is found by each reader as well', async () => {
  const reader = await db.selectFrom('subscribers').select('id').limit(1).executeTakeFirstOrThrow();
  const subscriber_id: SubscriberId = reader.id;
  await makeVisits(
    db,
    links.map((_, n) => click(after(n), n, { subscriber_id, who: `one address of many, ${n}` })),
  );
  await classifyVisits(db, evening, never);
  expect(await sum('click', 'scanner')).toMatchObject({ visits: 8, visitors: 1 });
});

test('a burst is found where one chunk of work ends and the next begins', async () => {
  const crowd = Array.from({ length: 1997 }, (_, n) => click(after(-1), n % 8, { who: `reader ${n}` }));
  await makeVisits(db, [...crowd, ...links.map((_, n) => click(after(n / 10), n, { who: 'filter' }))]);
  await classifyVisits(db, evening, never);
  expect(await sum('click', 'human')).toMatchObject({ visits: 1997 });
  expect(await sum('click', 'scanner')).toMatchObject({ visits: 8, visitors: 1 });
});

test('classifying twice changes nothing, and classifying anew comes to the same', async () => {
  await makeVisits(db, [click(noon, 0), click(after(1), 1, { method: 'HEAD' })]);
  await classifyVisits(db, evening, never);
  const [before, sums] = [await classes(), await visitSums(db, send)];
  expect(before).toEqual(['human', 'scanner']);
  await classifyVisits(db, evening, never);
  expect(await reclassifyVisits(db, null, evening, never)).toBe(2);
  expect([await classes(), await visitSums(db, send)]).toEqual([before, sums]);
  expect(await reclassifyVisits(db, after(1), evening, never)).toBe(1);
  expect(await classes()).toEqual(before);
});

test('what a rule that is gone once said is mended by classifying anew', async () => {
  await makeVisits(db, [click(noon, 0, { agent: 'curl/8.5.0' })]);
  await classifyVisits(db, evening, never);
  await db.updateTable('visits').set({ class: 'human', reason: 'as an older release saw it' }).execute();
  await reclassifyVisits(db, null, evening, never);
  expect(await classes()).toEqual(['scanner']);
  expect(await sum('click', 'human')).toMatchObject({ visits: 0 });
});

test('a visit waits until what its visitor does next is known', async () => {
  await makeVisits(db, [click(noon, 0)]);
  expect(await missingVisitJob(db, after(44))).toBeNull();
  expect(await missingVisitJob(db, after(75))).toEqual(after(30));
  expect(await countPending(db, send)).toBe(1);
  await classifyVisits(db, after(30), never);
  expect(await countPending(db, send)).toBe(0);
  expect(await missingVisitJob(db, after(75))).toBeNull();
  expect(await missingVisitJob(db, evening)).toBeNull();
});

test('a report that was not summed up when its worker died is summed up by the next', async () => {
  await makeVisits(db, [click(noon, 0)]);
  const stopped = AbortSignal.abort();
  await classifyVisits(db, evening, never);
  await db.deleteFrom('visit_counts').execute();
  await db.updateTable('visit_reports').set({ is_stale: true }).execute();
  await classifyVisits(db, evening, stopped);
  expect(await sum('click', 'human')).toMatchObject({ visits: 0 });
  expect(await missingVisitJob(db, evening)).not.toBeNull();
  await classifyVisits(db, evening, never);
  expect(await sum('click', 'human')).toMatchObject({ visits: 1 });
});

test('a large report is not made anew for each visit', async () => {
  await makeVisits(db, [click(noon, 0)]);
  await classifyVisits(db, evening, never);
  await db.updateTable('visit_counts').set({ visits: 1_000_000 }).where('link_id', 'is', null).execute();
  await makeVisits(db, [click(after(1), 1)]);
  await classifyVisits(db, evening, never);
  expect(await sum('click', null)).toMatchObject({ visits: 1_000_000 });
  expect(await missingVisitJob(db, evening)).toBeNull();
  const minutesAgo = new Date(systemClock.now().getTime() - 5 * 60_000);
  await db.updateTable('visit_reports').set({ counted_at: minutesAgo }).execute();
  expect(await missingVisitJob(db, evening)).not.toBeNull();
  await classifyVisits(db, evening, never);
  expect(await sum('click', null)).toMatchObject({ visits: 2 });
});

test('visits near each other are looked at in one go, a late one by itself', () => {
  const visits = [click(noon, 0), click(after(50), 0), click(after(86_400), 0)];
  expect(timesAround(visits)).toEqual([
    { send, from: after(-30), to: after(80) },
    { send, from: after(86_370), to: after(86_430) },
  ]);
});

test('when a send is condensed its visits are dropped, and its sums stay', async () => {
  await makeVisits(db, [click(noon, 0), click(after(1), 1, { method: 'HEAD' })]);
  await classifyVisits(db, evening, never);
  const sums = await visitSums(db, send);
  expect(await endOldVisits(db)).toBe(0);
  await cancelSend(db, send);
  const late = { now: () => new Date(systemClock.now().getTime() + 400 * DAY_MS + HOUR_MS) };
  await condenseOldSends({ db, clock: late, limits: testLimits() });
  expect(await endOldVisits(db)).toBe(1);
  expect(await classes()).toEqual([]);
  expect(await visitSums(db, send)).toEqual(sums);

  await makeVisits(db, [click(evening, 2)]);
  await classifyVisits(db, new Date(evening.getTime() + 1000), never);
  expect(await endOldVisits(db)).toBe(1);
  expect(await visitSums(db, send)).toEqual(sums);
});

test('what was not summed up yet is, before it is dropped', async () => {
  await makeVisits(db, [click(noon, 0)]);
  await classifyVisits(db, evening, never);
  await makeVisits(db, [click(after(1), 1)]);
  await db.updateTable('visits').set({ class: 'human', reason: 'x' }).execute();
  await cancelSend(db, send);
  await db.updateTable('sends').set({ condensed_at: evening }).where('id', '=', send).execute();
  await endOldVisits(db);
  expect(await sum('click', 'human')).toMatchObject({ visits: 2, visitors: 1 });
});
