import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { issueText, TEST_SECRET } from '../support/press.ts';
import { startSink } from '../support/sink.ts';
import { runCli, spawnCli } from './run-cli.ts';

const database = await testDatabase();
const sink = await startSink();
const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-production-'));
const port = await freePort();
const env = {
  DATABASE_URL: database.url,
  SMTP_URL: sink.url,
  APP_SECRET: TEST_SECRET,
  PORT: String(port),
  RECONCILE_SECONDS: '1',
  LOG_LEVEL: 'warn',
};
const letter = path.join(directory, 'letter.md');
const readers = path.join(directory, 'readers.csv');
const pressrun = (...args: string[]) => runCli(args, env);
const json = async (...args: string[]) => (await pressrun(...args, '--json')).json();

afterAll(async () => {
  await sink.stop();
  await rm(directory, { recursive: true });
});

test('an empty database becomes a press by commands alone', async () => {
  const facts = ['--name', 'Weekly', '--from', 'weekly@example.com', '--postal', '1 Example Street'];
  const made = await json('publication', 'create', 'weekly', ...facts, '--timezone', 'Europe/Berlin');
  expect(made).toMatchObject({ slug: 'weekly', is_default: true, slot: null, timezone: 'Europe/Berlin' });
  expect(await json('publication', 'set', 'weekly', '--slot', 'Mon 08:00')).toMatchObject({
    slot: 'Mon 08:00',
  });
  const editor = await json('editor', 'add', 'editor@example.com');
  expect(editor).toEqual({ email: 'editor@example.com', password: expect.stringMatching(/\w{4}/) });

  await writeFile(letter, issueText('letter', '2024-W01'));
  await json('issue', 'import', letter);
  const ready = await json('issue', 'ready', 'letter');
  expect(ready).toMatchObject({ issue: 'i1', ready: true, slot_at: expect.stringMatching(/^\d{4}-/) });
  expect(await json('issue', 'ready', 'letter', '--undo')).toMatchObject({ ready: false, slot_at: null });
});

test('a publication that could not be mailed from is refused', async () => {
  const injected = await pressrun('publication', 'set', 'weekly', '--name', 'Weekly\r\nBcc: x@example.com');
  expect(injected).toMatchObject({ status: 2, stderr: expect.stringContaining('line break') });
  expect((await pressrun('publication', 'create', 'other', '--name', 'Other')).stderr).toContain(
    '--postal TEXT',
  );
  expect((await pressrun('publication', 'set', 'weekly')).status).toBe(2);
});

test('nothing is sent without a postal address', async () => {
  await json('publication', 'set', 'weekly', '--postal', '');
  const refused = await pressrun('send', 'letter', '--json');
  expect(refused.json()).toMatchObject({ error: { code: 'no_postal_address' } });
  expect(refused.status).toBe(2);
  await json('publication', 'set', 'weekly', '--postal', '1 Example Street');
});

test('send --wait waits for the workers, and web and worker leave in order at SIGTERM', async () => {
  await writeFile(readers, 'email\nada@example.com\nbob@example.com\nnouser@example.com\n');
  await json('subscribers', 'import', readers, '--consent', 'asked at our stand');
  const worker = spawnCli(['worker'], env);
  const web = spawnCli(['web'], env);
  await Promise.all([worker.saw('Working'), web.saw(String(port))]);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

  const waited = await pressrun('send', 'letter', '--wait', '--json');
  expect(waited.json()).toMatchObject({ state: 'finished', audience: 3, accepted: 2, rejected: 1 });
  expect(sink.recipients().toSorted()).toEqual(['ada@example.com', 'bob@example.com']);

  for (const { child } of [worker, web]) child.kill('SIGTERM');
  expect(await Promise.all([worker.ended, web.ended])).toMatchObject([
    { status: 0, stderr: '' },
    { status: 0, stderr: '' },
  ]);
});

test('send --test goes through the mail server from here', async () => {
  expect(await json('send', 'letter', '--test', 'eve@example.com')).toMatchObject({ accepted: true });
  expect(sink.recipients()).toContain('eve@example.com');
  await sink.stop();
  const away = await pressrun('send', 'letter', '--test', 'eve@example.com');
  expect(away).toMatchObject({ status: 1, stderr: expect.stringContaining('No mail server takes mail') });
  await sink.restart();
});

test('a reader who is forgotten stays out', async () => {
  expect(await json('subscribers', 'forget', 'ada@example.com')).toEqual({ publications: 1 });
  const report = await json('subscribers', 'import', readers, '--consent', 'asked at our stand');
  expect(report).toMatchObject({ rows: 3, added: 0, suppressed: 1 });
  expect((await pressrun('subscribers', 'show', 'ada@example.com')).status).toBe(2);
});
