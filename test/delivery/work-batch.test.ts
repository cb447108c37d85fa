import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { claimBatch, missingBatchJobs } from '../../src/delivery/batch-store.ts';
import { pauseSend, resumeSend } from '../../src/delivery/control-send.ts';
import { markHandedOver, recordOutcomes } from '../../src/delivery/ledger-store.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import type { PublicationId, SendId } from '../../src/ids.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend, marksOf } from '../support/press.ts';
import { startSink } from '../support/sink.ts';

const { db } = await testDatabase();
const sink = await startSink();
afterAll(() => sink.stop());

let publication: PublicationId;
beforeEach(async () => {
  publication = await makePublication(db);
  sink.taken.length = 0;
});

/** Works whatever batches are due until none is. */
async function workAll(deps = batchDeps(db, [sink.target])): Promise<void> {
  for (;;) {
    const jobs = await missingBatchJobs(db);
    if (jobs.length === 0) return;
    for (const { send, batch } of jobs) await workBatch(deps, send, batch);
  }
}

async function setStatus(email: string, status: 'unsubscribed' | 'bounced'): Promise<void> {
  await db.updateTable('subscribers').set({ status }).where('email', '=', email).execute();
}

async function statesOf(send: SendId): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
    .where('send_id', '=', send)
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

test('every reader gets the letter once, and the send is finished', async () => {
  await makeReaders(db, publication, 120);
  const send = await makeSend(db, publication);
  await workAll();
  expect(new Set(sink.recipients()).size).toBe(120);
  expect(sink.taken).toHaveLength(120);
  expect(await receipt(db, send)).toMatchObject({
    state: 'finished',
    audience: 120,
    accepted: 120,
    queued: 0,
  });
});

test('a letter carries the headers that mailbox providers ask for', async () => {
  await makeReaders(db, publication, ['ada@example.com']);
  await makeSend(db, publication);
  await workAll();
  const raw = sink.taken[0]?.raw ?? '';
  const unfolded = raw.replace(/\r\n[ \t]+/g, ' ');
  expect(unfolded).toMatch(
    /^List-Unsubscribe: <http:\/\/localhost:3000\/(p\/[^/]+\/)?unsubscribe\/[a-z2-7]+>\r$/m,
  );
  expect(unfolded).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  expect(unfolded).toMatch(/^List-Id: "The Test Letter" <letter-\w+\.example\.com>\r$/m);
  expect(unfolded).toMatch(/^Feedback-ID: i\d+:letter-\w+:letter:examplecom\r$/m);
  expect(unfolded).toMatch(/^Message-ID: <d\d+\.\d+\.[0-9a-f]{16}@example\.com>\r$/m);
  expect(unfolded).not.toMatch(/^Auto-Submitted/m);
  for (const name of ['From', 'To', 'Subject', 'Date', 'Message-ID', 'List-Id', 'List-Unsubscribe']) {
    expect(unfolded.match(new RegExp(`^${name}:`, 'gim'))).toHaveLength(1);
  }
});

test('each answer of the server is its own outcome, and the receipt adds up', async () => {
  await makeReaders(db, publication, [
    'ada@example.com',
    'nouser@example.com',
    'full@example.com',
    'later@example.com',
  ]);
  const send = await makeSend(db, publication);
  await workAll();
  const sum = await receipt(db, send);
  expect(sum).toMatchObject({ state: 'sending', audience: 4, accepted: 1, rejected: 2, deferred: 1 });
  const events = await db
    .selectFrom('outcome_events')
    .select(['stage', 'enhanced'])
    .where('send_id', '=', send)
    .execute();
  expect(events).toHaveLength(2);
  expect(events).toContainEqual({ stage: 'rcpt', enhanced: '5.1.1' });
});

test('the ledger holds no address, even where the server quotes it', async () => {
  const quoting = await startSink({
    answer: (stage, address) =>
      stage === 'rcpt' ? { code: 550, text: `5.1.1 <${address.toUpperCase()}>: no such user` } : null,
  });
  await makeReaders(db, publication, ['ada@example.com']);
  const send = await makeSend(db, publication);
  await workAll(batchDeps(db, [quoting.target]));
  const rows = await db.selectFrom('deliveries').select('reply').where('send_id', '=', send).execute();
  expect(rows).toEqual([{ reply: '550 5.1.1 <ADDRESS>: no such user' }]);
  await quoting.stop();
});

test('a deferred delivery is tried again when it is due, and rejected when it is too old', async () => {
  await makeReaders(db, publication, ['later@example.com']);
  const send = await makeSend(db, publication);
  await workAll();
  const makeDue = () =>
    sql`with d as (update deliveries set due_at = now() where send_id = ${send})
        update batches set due_at = now() where send_id = ${send}`.execute(db);
  await makeDue();
  await workAll();
  expect(await statesOf(send)).toEqual({ deferred: 1 });

  await sql`update sends set ran_ms = ran_ms + 4 * 86400000 where id = ${send}`.execute(db);
  await makeDue();
  await workAll();
  expect(await receipt(db, send)).toMatchObject({ state: 'finished', rejected: 1, deferred: 0 });
  const event = await db
    .selectFrom('outcome_events')
    .select('stage')
    .where('send_id', '=', send)
    .executeTakeFirst();
  expect(event?.stage).toBe('age');
});

test('who leaves or is suppressed after the freeze is not mailed', async () => {
  await makeReaders(db, publication, [
    'ada@example.com',
    'gone@example.com',
    'hit@example.com',
    'erased@example.com',
    'b@example.com',
  ]);
  const send = await makeSend(db, publication);
  await setStatus('gone@example.com', 'unsubscribed');
  await setStatus('b@example.com', 'bounced');
  await db.deleteFrom('subscribers').where('email', '=', 'erased@example.com').execute();
  const hit = await db
    .selectFrom('subscribers')
    .select('address_hash')
    .where('email', '=', 'hit@example.com')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('suppressions')
    .values({ ...hit, email: null, reason: 'complaint' })
    .execute();
  await workAll();
  expect(sink.recipients()).toEqual(['ada@example.com']);
  expect(await receipt(db, send)).toMatchObject({
    audience: 5,
    accepted: 1,
    left: 2,
    suppressed: 2,
    state: 'finished',
  });
  await db.deleteFrom('suppressions').execute();
});

test('leaving takes effect within a running send, at the next chunk', async () => {
  await makeReaders(db, publication, 250);
  const send = await makeSend(db, publication, 250);
  const leaver = 'reader250@example.com';
  const watching = await startSink({
    onTaken: async () => {
      if (watching.taken.length === 20) await setStatus(leaver, 'unsubscribed');
    },
  });
  await workAll(batchDeps(db, [watching.target]));
  expect(watching.recipients()).not.toContain(leaver);
  expect(await receipt(db, send)).toMatchObject({ accepted: 249, left: 1 });
  await watching.stop();
});

test('pausing at any instant changes no count', async () => {
  await makeReaders(db, publication, 120);
  const send = await makeSend(db, publication);
  let arrived = 0;
  const watching = await startSink({
    onTaken: async () => {
      arrived += 1;
      if (arrived === 30) await pauseSend(db, send);
    },
  });
  await workAll(batchDeps(db, [watching.target]));
  const paused = await receipt(db, send);
  expect(paused.state).toBe('paused');
  expect(paused.accepted).toBe(watching.taken.length);
  expect(paused.accepted).toBeLessThan(120);
  await resumeSend(db, send, systemClock);
  await workAll(batchDeps(db, [watching.target]));
  expect(new Set(watching.recipients()).size).toBe(120);
  expect(watching.taken).toHaveLength(120);
  expect(await receipt(db, send)).toMatchObject({ state: 'finished', accepted: 120 });
  await watching.stop();
});

test('a batch that two workers take at once is worked by one', async () => {
  await makeReaders(db, publication, 40);
  const send = await makeSend(db, publication);
  await Promise.all([1, 2, 3].map(() => workBatch(batchDeps(db, [sink.target]), send, 1)));
  expect(sink.taken).toHaveLength(40);
});

test('a superseded worker takes no mark and records no outcome', async () => {
  await makeReaders(db, publication, ['ada@example.com', 'bob@example.com']);
  const send = await makeSend(db, publication);
  const old = await claimBatch(db, send, 1, 1, 0);
  if (!old) throw new Error('not claimed');
  const [ada, bob] = old.subscriber_ids;
  if (!ada || !bob) throw new Error('no readers');
  await sql`update batches set lease_until = now() + interval '1 minute' where send_id = ${send}`.execute(db);
  expect(await markHandedOver(db, marksOf(old, [ada]))).toEqual([true]);
  await sql`update batches set lease_until = now() - interval '1 second' where send_id = ${send}`.execute(db);
  expect(await markHandedOver(db, marksOf(old, [bob]))).toEqual([false]);

  const next = await claimBatch(db, send, 1, 60_000, 0);
  expect(next?.fence).toBe(old.fence + 1);
  expect(await statesOf(send)).toEqual({ queued: 1, unknown: 1 });
  const late = {
    id: ada,
    state: 'accepted',
    stage: 'dot',
    code: 250,
    enhanced: null,
    reply: 'ok',
    server_id: null,
    wait_ms: null,
    provider: 'other',
  } as const;
  await recordOutcomes(db, [{ ...late, claim: old }], 1000);
  expect(await statesOf(send)).toEqual({ queued: 1, unknown: 1 });
});

test('what a dead worker had handed over is sent once more after a wait, and then held', async () => {
  await makeReaders(db, publication, ['ada@example.com']);
  const send = await makeSend(db, publication);
  const die = async (resentBefore: boolean) => {
    const claim = await claimBatch(db, send, 1, 60_000, 0);
    const [ada] = claim?.subscriber_ids ?? [];
    if (!claim || !ada) throw new Error('not claimed');
    expect(await markHandedOver(db, marksOf(claim, [ada]))).toEqual([true]);
    await sql`update batches set lease_until = now() - interval '1 second' where send_id = ${send}`.execute(
      db,
    );
    const row = await db
      .selectFrom('deliveries')
      .select('resent')
      .where('send_id', '=', send)
      .executeTakeFirstOrThrow();
    expect(row.resent).toBe(resentBefore);
  };
  await die(false);
  const again = await claimBatch(db, send, 1, 60_000, 0);
  expect(again).not.toBeNull();
  await sql`update batches set lease_until = now() - interval '1 second' where send_id = ${send}`.execute(db);
  await die(true);
  await workAll();
  expect(sink.taken).toHaveLength(0);
  expect(await receipt(db, send)).toMatchObject({ unknown: 1, state: 'finished' });
});

test("a server that is away is nobody's outcome: the send waits, says so, and goes on by itself", async () => {
  await makeReaders(db, publication, 30);
  const send = await makeSend(db, publication);
  const away = await startSink();
  await away.stop();
  await workAll(batchDeps(db, [away.target]));
  const waiting = await receipt(db, send);
  expect(waiting).toMatchObject({ state: 'sending', queued: 30, deferred: 0, rejected: 0 });
  expect(waiting.waiting_reason).toContain(String(away.target.port));
  expect(await missingBatchJobs(db)).toEqual([]);

  await away.restart();
  await sql`update sends set waiting_until = now() where id = ${send}`.execute(db);
  await workAll(batchDeps(db, [away.target]));
  expect(await receipt(db, send)).toMatchObject({ state: 'finished', accepted: 30, waiting_reason: null });
  await away.stop();
});

test('a worker that is told to stop finishes what is in flight and leaves the rest queued', async () => {
  await makeReaders(db, publication, 100);
  const send = await makeSend(db, publication, 100);
  const stopping = new AbortController();
  const watching = await startSink({
    onTaken: () => (watching.taken.length === 10 ? stopping.abort() : undefined),
  });
  await workBatch(batchDeps(db, [watching.target], { stopping: stopping.signal }), send, 1);
  const left = await receipt(db, send);
  expect(left.accepted).toBe(watching.taken.length);
  expect(left.queued).toBe(100 - left.accepted);
  expect(left.unknown).toBe(0);
  expect(await missingBatchJobs(db)).toHaveLength(1);
  await watching.stop();
  await pauseSend(db, send);
});
