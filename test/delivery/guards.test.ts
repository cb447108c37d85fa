import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Tx } from '../../src/db/database.ts';
import { missingBatchJobs } from '../../src/delivery/batch-store.ts';
import { cancelSend, pauseSend, resumeSend } from '../../src/delivery/control-send.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import type { EditorWord } from '../../src/delivery/freeze-due-send.ts';
import { guardSends } from '../../src/delivery/guard-send.ts';
import { countFeedback } from '../../src/delivery/guard-store.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { retrySend } from '../../src/delivery/retry-send.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { processOutcome } from '../../src/feedback/process-outcome.ts';
import type { PublicationId, SendId } from '../../src/ids.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { silentLog } from '../../src/log.ts';
import { publicationById } from '../../src/publications/publication-store.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, issueText, makePublication, makeReaders, testLimits } from '../support/press.ts';
import { startSink } from '../support/sink.ts';

/** A send that stops by itself: the canary before the others are mailed, the breaker while it runs. */

const { db } = await testDatabase();
const sink = await startSink();
afterAll(() => sink.stop());
const deps = { db, clock: systemClock, limits: testLimits({ batchSize: 10 }), log: silentLog };
let publication: PublicationId;
let words: EditorWord[];
let run = 0;

/** Two looks: the first may only note that each of the canary's readers was tried. */
async function guard(): Promise<void> {
  const tellEditors = async (_tx: Tx, word: EditorWord) => void words.push(word);
  await guardSends({ ...deps, tellEditors });
  await guardSends({ ...deps, tellEditors });
}

beforeEach(async () => {
  await sql`update sends set state = 'cancelled', paused_reason = null where state in ('sending', 'paused')`.execute(
    db,
  );
  publication = await makePublication(db);
  sink.taken.length = 0;
  words = [];
  run += 1;
});

type Guards = Parameters<typeof set>[0];
async function set(guards: {
  canary_size?: number;
  canary_wait_minutes?: number;
  breaker?: boolean;
  breaker_least?: number;
}): Promise<void> {
  await db.updateTable('publications').set(guards).where('id', '=', publication).execute();
}

async function start(guards: Guards, emails: readonly string[] | number): Promise<SendId> {
  await set({ canary_wait_minutes: 0, ...guards });
  await makeReaders(db, publication, emails);
  const bytes = Buffer.from(issueText('week-1', '2026-W01'));
  const owner = await publicationById(db, publication);
  const { issue } = await importIssue(db, { publication: owner, bytes, file: null });
  return (await createSend(deps, { publication: owner, issue, at: null, again: false })).id;
}

/** Works what may be worked now, as workers would, and does what the answers ask for. */
async function work(): Promise<void> {
  const worker = batchDeps(db, [sink.target]);
  for (let jobs = await missingBatchJobs(db); jobs.length > 0; jobs = await missingBatchJobs(db)) {
    for (const { send, batch } of jobs) await workBatch(worker, send, batch);
  }
  const events = db.selectFrom('outcome_events').select('id').where('processed_at', 'is', null);
  for (const { id } of await events.execute())
    await processOutcome({ ...worker, tellEditors: async () => {} }, id);
}

const readers = (count: number, name = 'reader') =>
  Array.from({ length: count }, (_, n) => `${name}@${n}.run${run}.example.com`);

test('the first readers are mailed alone, from each provider in turn, and the others when all is well', async () => {
  const emails = [
    ...readers(30),
    'a@gmail.com',
    'b@GMAIL.com',
    'c@gmx.de',
    'd@outlook.com',
    ...readers(6, 'x'),
  ];
  const send = await start({ canary_size: 6 }, emails);
  expect(await receipt(db, send)).toMatchObject({ audience: 40, canary: { state: 'running', readers: 6 } });
  await work();
  const first = sink.recipients().map((address) => address.replace(/^.*@(\d+\.run\d+\.)?/, '').toLowerCase());
  expect(first.sort()).toEqual([
    'example.com',
    'example.com',
    'gmail.com',
    'gmail.com',
    'gmx.de',
    'outlook.com',
  ]);
  await guard();
  await work();
  expect(new Set(sink.recipients()).size).toBe(40);
  expect(sink.taken).toHaveLength(40);
  expect(await receipt(db, send)).toMatchObject({
    state: 'finished',
    accepted: 40,
    canary: { state: 'passed' },
  });
  expect(words).toEqual([]);
});

test('the others wait until the wait is over, counted from when each of the first was tried', async () => {
  const send = await start({ canary_size: 5, canary_wait_minutes: 30 }, 20);
  await guard();
  expect((await receipt(db, send)).canary).toEqual({ state: 'running', readers: 5, until: null });
  await work();
  await guard();
  await work();
  expect(sink.taken).toHaveLength(5);
  expect((await receipt(db, send)).canary?.until).toMatch(/^\d{4}-/);
  await sql`update sends set canary_tried_at = now() - interval '31 minutes' where id = ${send}`.execute(db);
  await guard();
  await work();
  expect(sink.taken).toHaveLength(20);
});

test('a canary that goes wrong pauses the send with the reason, tells the editors once, and mails nobody else', async () => {
  const gone = readers(4, 'nouser');
  const send = await start({ canary_size: 10 }, [...gone, ...readers(26)]);
  await work();
  await Promise.all([guard(), guard()]);
  const now = await receipt(db, send);
  expect(now).toMatchObject({
    state: 'paused',
    accepted: 6,
    rejected: 4,
    queued: 20,
    canary: { state: 'failed' },
  });
  expect(now.paused_reason).toBe(
    'The first 10 readers tried it out: 4 of 10 letters went to addresses that are no more (40%, the limit is 5%), ' +
      'most often with: 550 5.1.1 No such user here. The other 20 have not been mailed.',
  );
  await work();
  expect(sink.taken).toHaveLength(6);
  expect(words).toHaveLength(1);
  expect(words[0]?.paragraphs[0]).toContain(now.paused_reason ?? 'no reason');
});

test('resuming after a canary goes on to everyone, and it is not judged again', async () => {
  const send = await start({ canary_size: 10 }, [...readers(4, 'nouser'), ...readers(26)]);
  await work();
  await guard();
  await resumeSend(db, send, systemClock);
  await guard();
  await work();
  await guard();
  expect(await receipt(db, send)).toMatchObject({ state: 'finished', accepted: 26, paused_reason: null });
});

test('one report of spam stops no canary, two of a few readers do', async () => {
  const report = (send: SendId) => db.transaction().execute((tx) => countFeedback(tx, send, 'complained', 1));
  const send = await start({ canary_size: 5, canary_wait_minutes: 30 }, 20);
  await work();
  await guard();
  await report(send);
  await report(send);
  await sql`update sends set canary_tried_at = now() - interval '31 minutes' where id = ${send}`.execute(db);
  await guard();
  expect((await receipt(db, send)).paused_reason).toMatch(
    /: 2 of 5 letters were reported as spam \(40%, the limit is 0.3%\)\./,
  );

  publication = await makePublication(db);
  const other = await start({ canary_size: 5 }, readers(20));
  await work();
  await report(other);
  await guard();
  expect(await receipt(db, other)).toMatchObject({ state: 'sending', canary: { state: 'passed' } });
});

test('a pause by hand neither ends a canary nor lets the others go', async () => {
  const send = await start({ canary_size: 5, canary_wait_minutes: 30 }, 20);
  await pauseSend(db, send);
  expect((await receipt(db, send)).paused_reason).toBeNull();
  await resumeSend(db, send, systemClock);
  await work();
  await guard();
  await work();
  expect(sink.taken).toHaveLength(5);
});

test('deferred letters do not hold a canary up, but nothing is judged before one letter has an outcome', async () => {
  const send = await start({ canary_size: 4 }, [...readers(2, 'later'), ...readers(20)]);
  await work();
  await guard();
  expect(await receipt(db, send)).toMatchObject({ deferred: 2, canary: { state: 'passed' } });

  const silent = await startSilent();
  await guard();
  expect(await receipt(db, silent)).toMatchObject({ deferred: 3, canary: { state: 'running' } });
});

async function startSilent(): Promise<SendId> {
  publication = await makePublication(db);
  const send = await start({ canary_size: 3 }, [...readers(3, 'later'), ...readers(20)]);
  await work();
  return send;
}

test('a list that is no longer than the canary goes out at once, and so does a retry', async () => {
  const small = await start({ canary_size: 10 }, [...readers(8), ...readers(2, 'spam')]);
  await work();
  expect(await receipt(db, small)).toMatchObject({ state: 'finished', canary: null });
  const child = await retrySend(deps, small, false);
  expect(await receipt(db, child.id)).toMatchObject({ audience: 2, canary: null });
  await cancelSend(db, child.id);
});

test('the breaker pauses a send when too much is rejected, and after resuming it judges what came since', async () => {
  const send = await start({ breaker_least: 10 }, [...readers(15, 'spam'), ...readers(30)]);
  const worker = batchDeps(db, [sink.target]);
  await workBatch(worker, send, 1);
  await guard();
  const stopped = await receipt(db, send);
  expect(stopped).toMatchObject({ state: 'paused', rejected: 10, queued: 35 });
  expect(stopped.paused_reason).toBe(
    '10 of 10 letters were rejected (100%, the limit is 10%), most often with: 554 5.7.1 Refused by policy.',
  );
  expect(words.map(({ heading }) => heading)).toEqual(['The Test Letter: a send was paused']);

  await resumeSend(db, send, systemClock);
  await guard();
  expect(await receipt(db, send)).toMatchObject({ state: 'sending', paused_reason: null });
  await workBatch(worker, send, 3);
  await guard();
  expect((await receipt(db, send)).state).toBe('sending');
  await workBatch(worker, send, 2);
  await guard();
  expect((await receipt(db, send)).paused_reason).toMatch(/^5 of 20 letters were rejected \(25%/);
});

test('a breaker judges nothing before it has enough outcomes, and one that is off never does', async () => {
  const patient = await start({ breaker_least: 11 }, readers(10, 'spam'));
  const worker = batchDeps(db, [sink.target]);
  await makeReaders(db, publication, readers(5));
  await workBatch(worker, patient, 1);
  await guard();
  expect((await receipt(db, patient)).state).toBe('finished');

  publication = await makePublication(db);
  const fearless = await start({ breaker: false, breaker_least: 5 }, [
    ...readers(10, 'spam'),
    ...readers(20),
  ]);
  await workBatch(worker, fearless, 1);
  await guard();
  expect((await receipt(db, fearless)).state).toBe('sending');
});

test('a judgement that comes too late, after the editor resumed, stops nothing', async () => {
  const send = await start({ breaker_least: 5 }, [...readers(10, 'spam'), ...readers(20)]);
  await workBatch(batchDeps(db, [sink.target]), send, 1);
  const late = guardSends({
    ...deps,
    tellEditors: async () => {
      throw new Error('killed before the commit');
    },
  });
  await expect(late).rejects.toThrow('killed');
  expect(await receipt(db, send)).toMatchObject({ state: 'sending', paused_reason: null });
  await guard();
  await resumeSend(db, send, systemClock);
  await guard();
  expect((await receipt(db, send)).state).toBe('sending');
  expect(words).toHaveLength(1);
});
