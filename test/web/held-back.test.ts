import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend } from '../support/press.ts';
import { startSink } from '../support/sink.ts';
import { openDesk } from './desk-press.ts';
import { openPress } from './press.ts';

const database = await testDatabase();
const { db } = database;
const desk = await openDesk(await openPress(database));
const sink = await startSink();
afterAll(() => sink.stop());

test('a send’s page says which provider takes less, while readers are held back for it', async () => {
  const publication = await makePublication(db, 'weekly');
  await makeReaders(db, publication, ['ada@gmail.com', 'ben@gmail.com', 'cleo@example.com']);
  await sql`insert into throttles values ('gmail', 12, 400, now()), ('yahoo', 5, 400, now())`.execute(db);
  const send = await makeSend(db, publication);
  const page = async () => (await desk.get(`/desk/p/weekly/sends/s${send}`)).body;
  expect(await page()).toContain('0 of 3 done');
  expect(await page()).not.toContain('just now');
  await workBatch(batchDeps(db, [sink.target]), send, 1);
  expect(await page()).toContain('Gmail takes 12 a second just now');
  expect(await page()).not.toContain('Yahoo');
});
