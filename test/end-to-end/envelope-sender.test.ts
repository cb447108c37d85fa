import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { createBounceAddresses } from '../../src/tokens/bounce-address.ts';
import { runCli } from '../cli/run-cli.ts';
import { testDatabase } from '../support/database.ts';
import { rsa, signerWith, verdicts } from '../support/dkim.ts';
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
const { db } = database;
const sink = await startSink();
const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-envelope-'));
afterAll(async () => {
  await sink.stop();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  sink.taken.length = 0;
});

const DOMAIN = 'bounces.example.com';
const bounces = createBounceAddresses(DOMAIN, [TEST_SECRET]);
const environment = { DATABASE_URL: database.url, SMTP_URL: sink.url, APP_SECRET: TEST_SECRET };

test("each letter's envelope names its delivery, says no address, and leaves From and signature alone", async () => {
  const publication = await makePublication(db);
  await makeReaders(db, publication, 5);
  const send = await makeSend(db, publication);
  const deps = { ...batchDeps(db, [sink.target]), bounces, signer: signerWith(rsa) };
  await workBatch(deps, send, 1);
  await deps.outbound.close();

  const readers = await db.selectFrom('subscribers').select(['id', 'email']).execute();
  const named = sink.taken.map(({ from, to }) => [to, bounces.read(from)]);
  expect(Object.fromEntries(named)).toEqual(
    Object.fromEntries(readers.map(({ id, email }) => [email, { kind: 'delivery', send, subscriber: id }])),
  );
  const envids = sink.taken.map(({ to, envid }) => [to, envid]);
  expect(Object.fromEntries(envids)).toEqual(
    Object.fromEntries(readers.map(({ id, email }) => [email, `d${send}.${id}`])),
  );
  for (const { from, raw } of sink.taken) {
    expect(from).not.toContain('reader');
    expect(raw).toMatch(/^From: .*<letter@example\.com>\r$/m);
    expect(raw).not.toContain(DOMAIN);
    expect(await verdicts(raw)).toEqual(['pass']);
  }
});

test('with BOUNCE_DOMAIN a notice of the command line has an envelope sender of its own, and without it the publication', async () => {
  const issue = path.join(directory, 'letter.md');
  await writeFile(issue, issueText('letter', '2024-W01'));
  await runCli(['issue', 'import', issue], environment);
  const copy = ['send', 'letter', '--test', 'eve@example.com', '--json'];
  await runCli(copy, environment);
  const sent = await runCli(copy, { ...environment, BOUNCE_DOMAIN: 'Bounces.example.com' });

  expect(sent.json()).toMatchObject({ accepted: true });
  const { notice } = sent.json() as { notice: string };
  const [before, after] = sink.taken.map(({ from }) => from);
  expect(before).toBe('letter@example.com');
  expect(sink.taken.at(-1)?.envid).toBe(notice);
  expect(bounces.read(after ?? '')).toEqual({ kind: 'notice', notice: Number(notice.slice(1)) });
});
