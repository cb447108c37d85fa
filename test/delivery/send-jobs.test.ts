import { expect, test } from 'vitest';
import { HOUR_MS, systemClock } from '../../src/clock.ts';
import { resumeSend } from '../../src/delivery/control-send.ts';
import { sendJobs } from '../../src/delivery/send-jobs.ts';
import { insertSend, pause } from '../../src/delivery/send-store.ts';
import { testDatabase } from '../support/database.ts';
import { makeIssue, makePublication, makeReaders, makeSend } from '../support/press.ts';

const { db } = await testDatabase();
const publication = await makePublication(db);
await makeReaders(db, publication, 120);
const now = systemClock.now();

test('a send that goes out is woken by its batches, and one that is paused by nothing', async () => {
  const send = await makeSend(db, publication, 50);
  const batches = [1, 2, 3].map((batch) => ({ name: 'batch', send, batch, fence: 0 }));
  expect(await sendJobs(db, send, now)).toEqual(batches);
  await pause(db, send);
  expect(await sendJobs(db, send, now)).toEqual([]);
  await resumeSend(db, send, systemClock);
  expect(await sendJobs(db, send, now)).toEqual(batches);
});

test('a scheduled send is woken to be frozen when its time has come, and not before', async () => {
  const row = { publication_id: publication, issue_id: await makeIssue(db, publication), again: false };
  const send = await insertSend(db, { ...row, due_at: new Date(now.getTime() + HOUR_MS) });
  expect(await sendJobs(db, send, now)).toEqual([]);
  expect(await sendJobs(db, send, new Date(now.getTime() + HOUR_MS))).toEqual([{ name: 'freeze', send }]);
});
