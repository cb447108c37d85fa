import { afterAll, expect, test } from 'vitest';
import { receipt } from '../../src/delivery/receipt.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend } from '../support/press.ts';
import { startSink } from '../support/sink.ts';

const { db } = await testDatabase();
const sink = await startSink({ onTaken: () => new Promise((resolve) => setTimeout(resolve, 20)) });
afterAll(() => sink.stop());

test('where one letter cannot be sent by our own fault, all others go out and are recorded', async () => {
  const publication = await makePublication(db);
  await makeReaders(db, publication, 150);
  const send = await makeSend(db, publication, 150);
  const deps = batchDeps(db, [sink.target]);
  const outbound: typeof deps.outbound = {
    ...deps.outbound,
    send: (message, handover) =>
      message.to === 'reader3@example.com'
        ? Promise.reject(new Error('our own fault'))
        : deps.outbound.send(message, handover),
  };
  await expect(workBatch({ ...deps, outbound }, send, 1)).rejects.toThrow('our own fault');
  expect(await receipt(db, send)).toMatchObject({ state: 'sending', accepted: 149, queued: 1 });
});
