import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import { waitForSend } from '../../src/delivery/wait-for-send.ts';
import { makePublication, makeReaders, makeSend } from '../support/press.ts';
import { startTorturePostgres } from '../torture/postgres-server.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-wait-'));
const postgres = await startTorturePostgres(directory);
const database = openDatabase(postgres.url);
afterAll(async () => {
  await database.close();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a wait for a send goes on while Postgres restarts', async () => {
  const { db } = database;
  await migrate(database);
  const publication = await makePublication(db);
  await makeReaders(db, publication, 3);
  const send = await makeSend(db, publication);
  const waiting = waitForSend(db, send, new AbortController().signal);
  await sleep(300);
  await postgres.down('fast');
  await sleep(1000);
  await postgres.up();
  // an editor elsewhere: their connection is none that broke a moment ago
  const elsewhere = openDatabase(postgres.url);
  await cancelSend(elsewhere.db, send);
  await elsewhere.close();
  expect((await waiting).state).toBe('cancelled');
});
