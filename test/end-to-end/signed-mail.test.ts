import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { runCli } from '../cli/run-cli.ts';
import { testDatabase } from '../support/database.ts';
import { ed25519, pem, rsa, signerWith, verdicts } from '../support/dkim.ts';
import {
  batchDeps,
  issueText,
  makePublication,
  makeReaders,
  makeSend,
  TEST_SECRET,
} from '../support/press.ts';
import { startSink } from '../support/sink.ts';

const database = await testDatabase();
const sink = await startSink();
const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-signed-'));
afterAll(async () => {
  await sink.stop();
  await rm(directory, { recursive: true });
});

const file = async (name: string, content: string | Buffer): Promise<string> => {
  await writeFile(path.join(directory, name), content);
  return path.join(directory, name);
};

test('letters that a worker hands to the mail server arrive with signatures that hold', async () => {
  const { db } = database;
  const publication = await makePublication(db);
  await makeReaders(db, publication, 20);
  await db.updateTable('subscribers').set({ name: 'Zoë "the  reader"\t, Ltd.' }).execute();
  // some have the addresses that all share, and some their own
  await db.updateTable('publications').set({ tracking: 'individual' }).execute();
  await db
    .updateTable('subscribers')
    .set({ followed_since: new Date() })
    .where('email', 'like', '%1@example.com')
    .execute();
  const send = await makeSend(db, publication);
  const deps = { ...batchDeps(db, [sink.target]), signer: signerWith(rsa, ed25519) };
  await workBatch(deps, send, 1);
  await deps.outbound.close();
  expect(sink.taken).toHaveLength(20);
  for (const { raw } of sink.taken) expect(await verdicts(raw)).toEqual(['pass', 'pass']);
});

test('with keys in the environment a notice of the command line is signed by each', async () => {
  const env = {
    DATABASE_URL: database.url,
    SMTP_URL: sink.url,
    APP_SECRET: TEST_SECRET,
    DKIM_DOMAIN: 'example.com',
    DKIM_SELECTOR: `${rsa.selector},${ed25519.selector}`,
    DKIM_KEY_FILE: `${await file('rsa.pem', pem.rsa)},${await file('ed25519.pem', pem.ed25519)}`,
  };
  await runCli(['issue', 'import', await file('letter.md', issueText('letter', '2024-W01'))], env);
  sink.taken.length = 0;
  const sent = await runCli(['send', 'letter', '--test', 'eve@example.com', '--json'], env);
  expect(sent.json()).toMatchObject({ accepted: true });
  expect(await verdicts(sink.taken[0]?.raw ?? '')).toEqual(['pass', 'pass']);
});

test('a key that cannot be read stops a command with one sentence, before anything is sent', async () => {
  const names = { DKIM_DOMAIN: 'example.com', DKIM_SELECTOR: 'r2026' };
  const stopped = await runCli(['worker'], { ...names, DKIM_KEY_FILE: path.join(directory, 'none.pem') });
  expect(stopped).toMatchObject({ status: 2, stdout: '' });
  expect(stopped.stderr.trim().split('\n')).toEqual([
    expect.stringContaining('the file DKIM_KEY_FILE cannot be read (ENOENT)'),
  ]);
});
