import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { claimBatch, missingBatchJobs } from '../../src/delivery/batch-store.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import { markHandedOver } from '../../src/delivery/ledger-store.ts';
import { type Receipt, receipt } from '../../src/delivery/receipt.ts';
import { retrySend, settleSend } from '../../src/delivery/retry-send.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import type { PublicationId, SendId } from '../../src/ids.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend, marksOf, testLimits } from '../support/press.ts';
import { startSink } from '../support/sink.ts';

const { db } = await testDatabase();
/** Addresses that the server refuses while they are in here. */
const refused = new Set<string>();
const sink = await startSink({
  answer: (stage, address) =>
    stage === 'rcpt' && refused.has(address) ? { code: 554, text: '5.7.1 Not today' } : null,
});
afterAll(() => sink.stop());

const deps = { db, clock: systemClock, limits: testLimits() };
let publication: PublicationId;
beforeEach(async () => {
  publication = await makePublication(db);
  sink.taken.length = 0;
  refused.clear();
});

async function work(send: SendId): Promise<Receipt> {
  for (const job of await missingBatchJobs(db))
    await workBatch(batchDeps(db, [sink.target]), job.send, job.batch);
  return receipt(db, send);
}

test('a retry reaches those who did not get it, and nobody else, with the same edition', async () => {
  await makeReaders(db, publication, 5);
  refused.add('reader2@example.com').add('reader4@example.com');
  const parent = await makeSend(db, publication);
  expect(await work(parent)).toMatchObject({ state: 'finished', accepted: 3, rejected: 2 });

  refused.clear();
  sink.taken.length = 0;
  const child = await retrySend(deps, parent, false);
  expect(await work(child.id)).toMatchObject({
    state: 'finished',
    retry_of: `s${parent}`,
    audience: 2,
    accepted: 2,
  });
  expect(sink.recipients().sort()).toEqual(['reader2@example.com', 'reader4@example.com']);
  expect(await receipt(db, parent)).toMatchObject({ accepted: 3, rejected: 2 });
});

test('a delivery is retried by one child; to go on, the child is retried', async () => {
  await makeReaders(db, publication, ['nouser@example.com']);
  const parent = await makeSend(db, publication);
  await work(parent);
  const child = await retrySend(deps, parent, false);
  await work(child.id);
  await expect(retrySend(deps, parent, false)).rejects.toMatchObject({ code: 'nothing_to_retry' });
  const grandchild = await retrySend(deps, child.id, false);
  expect(await work(grandchild.id)).toMatchObject({ audience: 1, rejected: 1 });
});

test('two retries at once share no reader', async () => {
  await makeReaders(db, publication, ['nouser@example.com']);
  const parent = await makeSend(db, publication);
  await work(parent);
  const tries = await Promise.allSettled([retrySend(deps, parent, false), retrySend(deps, parent, false)]);
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('who left or was suppressed since is not retried', async () => {
  await makeReaders(db, publication, 3);
  for (const n of [1, 2, 3]) refused.add(`reader${n}@example.com`);
  const parent = await makeSend(db, publication);
  await work(parent);
  await sql`update subscribers set status = 'unsubscribed' where publication_id = ${publication} and email = 'reader1@example.com'`.execute(
    db,
  );
  await sql`insert into suppressions (address_hash, reason)
    select address_hash, 'bounce' from subscribers where publication_id = ${publication} and email = 'reader2@example.com'`.execute(
    db,
  );
  const child = await retrySend(deps, parent, false);
  expect(child.audience_size).toBe(1);
  await cancelSend(db, child.id);
  await db.deleteFrom('suppressions').execute();
});

test('a cancelled send is never woken, and its retry reaches everybody it did not', async () => {
  await makeReaders(db, publication, 120);
  const parent = await makeSend(db, publication, 50);
  await workBatch(batchDeps(db, [sink.target]), parent, 1);
  await cancelSend(db, parent);
  expect(await missingBatchJobs(db)).toEqual([]);
  expect(await receipt(db, parent)).toMatchObject({
    state: 'cancelled',
    accepted: 50,
    queued: 70,
    audience: 120,
  });

  const child = await retrySend(deps, parent, false);
  expect(child.audience_size).toBe(70);
  for (let more = true; more; more = (await missingBatchJobs(db)).length > 0) await work(child.id);
  expect(await receipt(db, child.id)).toMatchObject({ state: 'finished', accepted: 70 });
  expect(new Set(sink.recipients()).size).toBe(120);
});

test('a send that runs is not retried', async () => {
  await makeReaders(db, publication, 1);
  const send = await makeSend(db, publication);
  await expect(retrySend(deps, send, false)).rejects.toMatchObject({ code: 'not_over' });
  await cancelSend(db, send);
});

/** A worker dies with a mark, in a publication whose policy is to hold what is unknown. */
async function makeUnknown(): Promise<SendId> {
  await db
    .updateTable('publications')
    .set({ unknown_policy: 'hold' })
    .where('id', '=', publication)
    .execute();
  await makeReaders(db, publication, ['ada@example.com']);
  const send = await makeSend(db, publication);
  const claim = await claimBatch(db, send, 1, 60_000, 0);
  if (!claim) throw new Error('not claimed');
  await markHandedOver(db, marksOf(claim));
  await sql`update batches set lease_until = now() - interval '1 second' where send_id = ${send}`.execute(db);
  expect(await work(send)).toMatchObject({ state: 'finished', unknown: 1 });
  return send;
}

test('unknown deliveries are held by policy, and settled as accepted by the editor', async () => {
  const send = await makeUnknown();
  expect(await settleSend(deps, send, 'accepted')).toBe(1);
  expect(await receipt(db, send)).toMatchObject({ state: 'finished', accepted: 1, unknown: 0 });
  expect(sink.taken).toHaveLength(0);
});

test('unknown deliveries are sent once more when the editor says so', async () => {
  const send = await makeUnknown();
  expect(await settleSend(deps, send, 'resend')).toBe(1);
  expect(await work(send)).toMatchObject({ state: 'finished', accepted: 1, unknown: 0 });
  expect(sink.recipients()).toEqual(['ada@example.com']);
});

test("a retry takes unknown deliveries only when asked, and then they are nobody else's", async () => {
  const send = await makeUnknown();
  await expect(retrySend(deps, send, false)).rejects.toMatchObject({ code: 'nothing_to_retry' });
  expect(await retrySend(deps, send, true)).toMatchObject({ audience_size: 1 });
  expect(await settleSend(deps, send, 'resend')).toBe(0);
});

test('unknown deliveries that the editor calls rejected can be retried, and blame no reader', async () => {
  const send = await makeUnknown();
  expect(await settleSend(deps, send, 'rejected')).toBe(1);
  expect(await receipt(db, send)).toMatchObject({ rejected: 1, unknown: 0 });
  expect(await db.selectFrom('outcome_events').select('id').where('send_id', '=', send).execute()).toEqual(
    [],
  );
  expect(await retrySend(deps, send, false)).toMatchObject({ audience_size: 1 });
});
