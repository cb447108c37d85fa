import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { HOUR_MS, systemClock } from '../../src/clock.ts';
import type { Tx } from '../../src/db/database.ts';
import { cancelSend, resumeSend } from '../../src/delivery/control-send.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import { dueSends } from '../../src/delivery/due-store.ts';
import { type EditorWord, freezeDueSend } from '../../src/delivery/freeze-due-send.ts';
import { audienceSize, frozenEditions } from '../../src/delivery/freeze-store.ts';
import { missingSlotJobs } from '../../src/delivery/missing-slots.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { runSlot } from '../../src/delivery/run-slot.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { type Issue, setReady } from '../../src/issues/issue-store.ts';
import type { Publication } from '../../src/publications/publication.ts';
import { publicationById } from '../../src/publications/publication-store.ts';
import { testDatabase } from '../support/database.ts';
import { issueText, makePublication, makeReaders, testLimits } from '../support/press.ts';

const { db } = await testDatabase();
let publication: Publication;
let issue: Issue;
let words: EditorWord[];
let now: Date;

const deps = {
  db,
  clock: { now: () => now },
  limits: testLimits({ batchSize: 10 }),
  tellEditors: async (_tx: Tx, word: EditorWord) => void words.push(word),
};

beforeEach(async () => {
  now = systemClock.now();
  words = [];
  publication = await publicationById(db, await makePublication(db));
  await makeReaders(db, publication.id, 25);
  issue = await importText('week-1', '2026-W01');
});

async function importText(slug: string, week: string): Promise<Issue> {
  const bytes = Buffer.from(issueText(slug, week));
  return (await importIssue(db, { publication, bytes, file: null })).issue;
}

const request = (changes: { at?: Date | null; again?: boolean } = {}) => ({
  publication,
  issue,
  at: null,
  again: false,
  ...changes,
});

const inMs = (ms: number) => new Date(now.getTime() + ms);

test('a send without a time has its edition and audience frozen when it is made', async () => {
  const send = await createSend(deps, request());
  expect(await receipt(db, send.id)).toMatchObject({ state: 'sending', audience: 25, queued: 25 });
  const [edition] = await frozenEditions(db, send.id);
  expect(edition).toMatchObject({ locale: 'en', subject: 'Letter of 2026-W01' });
  expect(edition?.html).toContain('says it well');
});

test('the audience is exactly the active subscribers of that instant, the suppressed among them', async () => {
  await sql`update subscribers set status = 'unsubscribed' where publication_id = ${publication.id} and email = 'reader1@example.com'`.execute(
    db,
  );
  await sql`update subscribers set status = 'pending' where publication_id = ${publication.id} and email = 'reader2@example.com'`.execute(
    db,
  );
  expect(await audienceSize(db, publication.id)).toBe(23);
  const send = await createSend(deps, request());
  await makeReaders(db, publication.id, ['late@example.com']);
  expect((await receipt(db, send.id)).audience).toBe(23);
});

test('a second send of an issue is refused and names the first, unless it is said twice', async () => {
  const first = await createSend(deps, request());
  await expect(createSend(deps, request())).rejects.toMatchObject({
    code: 'already_sent',
    message: expect.stringContaining(`s${first.id}`),
  });
  expect((await createSend(deps, request({ again: true }))).id).not.toBe(first.id);
});

test('two sends of an issue at the same moment make one', async () => {
  const tries = await Promise.allSettled([createSend(deps, request()), createSend(deps, request())]);
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(tries.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'already_sent' } });
});

test('without a postal address nothing is sent, and no send is made', async () => {
  const silent = { ...publication, postal_address: null };
  await expect(createSend(deps, { ...request(), publication: silent })).rejects.toMatchObject({
    code: 'no_postal_address',
  });
  expect(await db.selectFrom('sends').select('id').where('issue_id', '=', issue.id).execute()).toEqual([]);
});

test('a send to nobody is finished at once', async () => {
  await sql`delete from subscribers where publication_id = ${publication.id}`.execute(db);
  expect(await createSend(deps, request())).toMatchObject({ state: 'finished', audience_size: 0 });
});

test('a scheduled send takes its readers and its text when it is due, not before', async () => {
  const send = await createSend(deps, request({ at: inMs(HOUR_MS) }));
  expect(await receipt(db, send.id)).toMatchObject({ state: 'scheduled', audience: 0 });
  expect(await dueSends(db, now)).not.toContain(send.id);
  expect(await freezeDueSend(deps, send.id)).toBe(false);

  await makeReaders(db, publication.id, ['late@example.com']);
  now = inMs(HOUR_MS + 1000);
  expect(await dueSends(db, now)).toContain(send.id);
  expect(await freezeDueSend(deps, send.id)).toBe(true);
  expect(await receipt(db, send.id)).toMatchObject({ state: 'sending', audience: 26 });
  expect(await freezeDueSend(deps, send.id)).toBe(false);
});

test('a scheduled send that is long past due is held, the editors are told once, and their word lets it go', async () => {
  const send = await createSend(deps, request({ at: inMs(1000) }));
  now = inMs(25 * HOUR_MS);
  expect(await freezeDueSend(deps, send.id)).toBe(false);
  expect(await receipt(db, send.id)).toMatchObject({
    state: 'held',
    held_reason: expect.stringContaining('It was due at'),
  });
  await freezeDueSend(deps, send.id);
  expect(words).toHaveLength(1);

  await resumeSend(db, send.id, deps.clock);
  expect(await freezeDueSend(deps, send.id)).toBe(true);
});

test('a send that cannot be frozen when it is due is held with the reason', async () => {
  const send = await createSend(deps, request({ at: inMs(1000) }));
  await db
    .updateTable('publications')
    .set({ postal_address: null })
    .where('id', '=', publication.id)
    .execute();
  now = inMs(2000);
  await freezeDueSend(deps, send.id);
  expect(await receipt(db, send.id)).toMatchObject({
    state: 'held',
    held_reason: expect.stringContaining('postal address'),
  });
});

test('a send that was cancelled before its time does not count as a first one', async () => {
  const send = await createSend(deps, request({ at: inMs(HOUR_MS) }));
  await cancelSend(db, send.id);
  expect(await createSend(deps, request())).toMatchObject({ state: 'sending' });
});

test('a time in the past is refused', async () => {
  await expect(createSend(deps, request({ at: inMs(-1000) }))).rejects.toMatchObject({ code: 'past_time' });
});

test('an edit after the send changes nothing that was frozen', async () => {
  const send = await createSend(deps, request());
  const bytes = Buffer.from(issueText('week-1', '2026-W01').replace('says it well', 'was corrected'));
  await importIssue(db, { publication, bytes, file: null, revise: true });
  expect((await frozenEditions(db, send.id))[0]?.html).toContain('says it well');
});

async function setSlot(): Promise<Date> {
  // Monday 2026-11-23, 08:00 in Berlin is 07:00 UTC
  await sql`update publications set slot_weekday = 1, slot_time = '08:00', timezone = 'Europe/Berlin',
    slot_since = '2026-11-01' where id = ${publication.id}`.execute(db);
  now = new Date('2026-11-23T07:00:01Z');
  return new Date('2026-11-23T07:00:00Z');
}

const slotsOfMine = async () =>
  (await missingSlotJobs(db, now)).filter((job) => job.publication === publication.id);

test('at the weekly slot the issue that was marked ready first goes out by itself, once', async () => {
  const slotAt = await setSlot();
  const second = await importText('week-2', '2026-W02');
  await setReady(db, issue.id, true, new Date('2026-11-20T10:00:00Z'));
  await setReady(db, second.id, true, new Date('2026-11-21T10:00:00Z'));
  const [job] = await slotsOfMine();
  expect(job).toEqual({ publication: publication.id, slot_at: slotAt });
  if (!job) return;
  await Promise.all([runSlot(deps, job), runSlot(deps, job)]);
  const sends = await db
    .selectFrom('sends')
    .select(['id', 'issue_id', 'due_at'])
    .where('publication_id', '=', publication.id)
    .execute();
  expect(sends).toEqual([{ id: expect.any(Number), issue_id: issue.id, due_at: slotAt }]);
  expect(await slotsOfMine()).toEqual([]);
  const [send] = sends;
  if (send) expect(await freezeDueSend(deps, send.id)).toBe(true);
  expect(words).toEqual([]);
});

test('an issue that was sent by hand since it was marked ready does not take the slot of the next one', async () => {
  await setSlot();
  const second = await importText('week-2', '2026-W02');
  await createSend(deps, request());
  await setReady(db, issue.id, true, new Date('2026-11-20T10:00:00Z'));
  await setReady(db, second.id, true, new Date('2026-11-21T10:00:00Z'));
  const [job] = await slotsOfMine();
  if (!job) throw new Error('no slot');
  await runSlot(deps, job);
  const sends = await db
    .selectFrom('sends')
    .select('issue_id')
    .where('publication_id', '=', publication.id)
    .orderBy('id')
    .execute();
  expect(sends.map((send) => send.issue_id)).toEqual([issue.id, second.id]);
});

test('with no issue ready the editors are told, and nothing is sent', async () => {
  await setSlot();
  const [job] = await slotsOfMine();
  if (!job) throw new Error('no slot');
  await runSlot(deps, job);
  await runSlot(deps, job);
  expect(words).toHaveLength(1);
  expect(words[0]?.heading).toContain('no issue was ready');
  expect(
    await db.selectFrom('sends').select('id').where('publication_id', '=', publication.id).execute(),
  ).toEqual([]);
});

test('a slot from before it was set is not made up for', async () => {
  await setSlot();
  await sql`update publications set slot_since = '2026-11-23T07:00:00.5Z' where id = ${publication.id}`.execute(
    db,
  );
  expect(await slotsOfMine()).toEqual([]);
});
