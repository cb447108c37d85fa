import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { missingBatchJobs } from '../../src/delivery/batch-store.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { silentLog } from '../../src/log.ts';
import { Throttle } from '../../src/outbound/throttle.ts';
import { readLimits } from '../../src/outbound/throttle-store.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend } from '../support/press.ts';
import { startSink } from '../support/sink.ts';

const { db } = await testDatabase();

/** Of Gmail's readers the sink takes so many in a second of this test's, and asks for less then. */
const TAKES = 20;
let taken = 0;
let refused = 0;
const sink = await startSink({
  connections: 2,
  answer: (stage, address) => {
    if (stage !== 'rcpt' || !address.endsWith('@gmail.com')) return null;
    taken += 1;
    if (taken <= TAKES) return null;
    refused += 1;
    // one closes the connection (RFC 5321 section 4.2.1), the other does not
    return taken % 2
      ? { code: 421, text: '4.7.28 Our system has detected an unusual rate of unsolicited mail' }
      : { code: 451, text: '4.7.28 Rate limited' };
  },
});
afterAll(() => sink.stop());

let time = 1_000_000;
const clock = { now: () => new Date(time) };
const worker = () => ({
  ...batchDeps(db, [sink.target]),
  throttle: new Throttle({ db, clock, log: silentLog }),
});

/** A second passes for the sink and the allowances, a wave for the limits; who was deferred, or waits, is due. */
async function pass(): Promise<void> {
  taken = 0;
  time += 11_000;
  await sql`update allowances set next_at = next_at - interval '1 second'`.execute(db);
  await sql`update throttles set halved_at = halved_at - interval '11 seconds'`.execute(db);
  await sql`update deliveries set due_at = now() where due_at is not null`.execute(db);
  await sql`update batches set due_at = now()`.execute(db);
}

test('a provider that asks for less gets less from all workers, the others are done at once, and nobody is lost', async () => {
  const publication = await makePublication(db);
  const readers = Array.from({ length: 300 }, (_, n) => `reader${n}@${n % 2 ? 'gmail.com' : 'example.com'}`);
  await makeReaders(db, publication, readers);
  const send = await makeSend(db, publication, 75);
  const workers = [worker(), worker()];
  const others = readers.filter((address) => !address.endsWith('@gmail.com'));
  const limits: number[] = [];
  let passes = 0;
  for (; (await receipt(db, send)).state === 'sending' && passes < 500; passes += 1) {
    const jobs = await missingBatchJobs(db);
    await Promise.all(
      workers.map(async (deps, which) => {
        for (const [n, job] of jobs.entries())
          if (n % workers.length === which) await workBatch(deps, job.send, job.batch);
      }),
    );
    if (passes === 0) expect(sink.recipients()).toEqual(expect.arrayContaining(others));
    limits.push(...(await readLimits(db)).map(({ per_second }) => per_second));
    expect((await readLimits(db)).every(({ provider }) => provider === 'gmail')).toBe(true);
    await pass();
  }
  expect(await receipt(db, send)).toMatchObject({ state: 'finished', accepted: 300 });
  expect(sink.recipients().toSorted()).toEqual(readers.toSorted());
  expect(passes).toBeGreaterThan(150 / TAKES - 1);
  // without a limit everybody left is tried in each second: some 600 refusals
  expect(limits.length).toBeGreaterThan(0);
  expect(refused).toBeLessThan(300);

  await sql`update throttles set halved_at = halved_at - interval '1 hour'`.execute(db);
  const next = worker().throttle.admission();
  expect(await next.admit(['ada@gmail.com'])).toEqual([true]);
  expect(await readLimits(db)).toEqual([]);
});

test('who is held back stays queued, and the batch is due again when it is its turn', async () => {
  const publication = await makePublication(db);
  await makeReaders(db, publication, ['ada@gmail.com', 'ben@example.com', 'cleo@gmail.com']);
  await db.deleteFrom('throttles').execute();
  await sql`insert into throttles values ('gmail', 2, 100, now())`.execute(db);
  const send = await makeSend(db, publication);
  const woken: number[] = [];
  const deps = { ...worker(), wakeLater: (_claim: object, waitMs: number) => woken.push(waitMs) };
  await workBatch(deps, send, 1);
  expect(await receipt(db, send)).toMatchObject({ state: 'sending', accepted: 1, queued: 2 });
  expect(woken).toEqual([expect.closeTo(500, -2)]);
  const { rows } = await sql<{ waits: boolean; free: boolean }>`
    select due_at > now() as waits, lease_until is null as free from batches where send_id = ${send}`.execute(
    db,
  );
  expect(rows).toEqual([{ waits: true, free: true }]);
  expect(await missingBatchJobs(db)).toEqual([]);
});
