import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Tx } from '../../src/db/database.ts';
import {
  type ClaimedBatch,
  claimBatch,
  missingBatchJobs,
  releaseBatch,
} from '../../src/delivery/batch-store.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import { markHandedOver } from '../../src/delivery/ledger-store.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { retrySend, settleSend } from '../../src/delivery/retry-send.ts';
import { endedSendsWithLeases, markAbandoned, settleResend } from '../../src/delivery/retry-store.ts';
import { finishIfDone, lockSend } from '../../src/delivery/send-store.ts';
import type { PublicationId, SendId } from '../../src/ids.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReaders, makeSend, marksOf, testLimits } from '../support/press.ts';

/** What happens when two that change one send meet in the middle of each other. */

const { db } = await testDatabase();
const deps = { db, clock: systemClock, limits: testLimits() };
let publication: PublicationId;
beforeEach(async () => {
  publication = await makePublication(db);
  await makeReaders(db, publication, ['ada@example.com']);
});

async function claim(send: SendId): Promise<ClaimedBatch> {
  const claimed = await claimBatch(db, send, 1, 60_000, 0);
  if (!claimed) throw new Error('not claimed');
  return claimed;
}

/** A delivery that is held as unknown, in a batch that is claimed. */
async function claimWithUnknown(send: SendId): Promise<ClaimedBatch> {
  await db
    .updateTable('publications')
    .set({ unknown_policy: 'hold' })
    .where('id', '=', publication)
    .execute();
  const dead = await claim(send);
  await markHandedOver(db, marksOf(dead));
  await sql`update batches set lease_until = now() - interval '1 second' where send_id = ${send}`.execute(db);
  return claim(send);
}

/** Holds what `hold` locks until all of the others that came later are waiting for it or done. */
async function meanwhile(
  hold: (tx: Tx) => Promise<unknown>,
  others: () => Promise<unknown>[],
): Promise<void> {
  const started = await db.transaction().execute(async (tx) => {
    await hold(tx);
    const running: Promise<unknown>[] = [];
    for (const other of others()) {
      running.push(other.catch(() => {}));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    return { running };
  });
  await Promise.all(started.running);
}

test('a send does not finish under an editor who sends its unknown deliveries once more', async () => {
  const send = await makeSend(db, publication);
  await releaseBatch(db, await claimWithUnknown(send));
  await meanwhile(
    async (tx) => {
      await lockSend(tx, send);
      await settleResend(tx, send);
    },
    () => [finishIfDone(db, send)],
  );
  expect((await receipt(db, send)).state).toBe('sending');
  expect(await missingBatchJobs(db)).toMatchObject([{ send }]);
  await cancelSend(db, send);
});

test('a batch is not closed by a worker who did not see that an editor opened it', async () => {
  const send = await makeSend(db, publication);
  const claimed = await claimWithUnknown(send);
  await meanwhile(
    (tx) => settleResend(tx, send),
    () => [releaseBatch(db, claimed)],
  );
  expect(await missingBatchJobs(db)).toMatchObject([{ send }]);
  await cancelSend(db, send);
});

test('a mark that began before the cancellation and a retry do not both get the reader', async () => {
  const send = await makeSend(db, publication);
  const claimed = await claim(send);
  let marked = 0;
  let retried = 0;
  await meanwhile(
    (tx) => sql`select from deliveries where send_id = ${send} for update`.execute(tx),
    () => [
      markHandedOver(db, marksOf(claimed)).then((answers) => {
        marked = answers.filter(Boolean).length;
      }),
      cancelSend(db, send).then(async () => {
        retried = (await retrySend(deps, send, false)).audience_size;
      }),
    ],
  );
  expect(marked + retried).toBe(1);
});

test('a retry and an editor who sends unknown deliveries once more do not both get them', async () => {
  const send = await makeSend(db, publication);
  await releaseBatch(db, await claimWithUnknown(send));
  await finishIfDone(db, send);
  let resent = 0;
  let retried = 0;
  await meanwhile(
    (tx) => sql`select from deliveries where send_id = ${send} for update`.execute(tx),
    () => [
      settleSend(deps, send, 'resend').then((count) => {
        resent = count;
      }),
      retrySend(deps, send, true).then(({ audience_size }) => {
        retried = audience_size;
      }),
    ],
  );
  expect(resent + retried).toBe(1);
});

test('the marks of a worker who died in a cancelled send are unknown, however late that is noticed', async () => {
  const send = await makeSend(db, publication);
  const claimed = await claim(send);
  await markHandedOver(db, marksOf(claimed));
  await cancelSend(db, send);
  await markAbandoned(db, send);
  expect(await receipt(db, send)).toMatchObject({ queued: 1, unknown: 0 });

  await sql`update sends set finished_at = now() - interval '3 days' where id = ${send}`.execute(db);
  await sql`update batches set lease_until = now() - interval '3 days' where send_id = ${send}`.execute(db);
  for (const id of await endedSendsWithLeases(db)) await markAbandoned(db, id);
  expect(await receipt(db, send)).toMatchObject({ queued: 0, unknown: 1 });
  expect(await endedSendsWithLeases(db)).toEqual([]);
});
