import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { issueText } from '../support/press.ts';
import { type RunningCli, runCli, spawnCli } from './run-cli.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-start-'));
const port = await freePort();
const env = { DATA_DIR: path.join(directory, 'data'), PORT: String(port), LOG_LEVEL: 'warn' };
const home = `http://127.0.0.1:${port}`;
const file = (name: string) => path.join(directory, name);
const started: RunningCli[] = [];

afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
  await runCli(['publication', 'list'], env);
  expect(await postmasters()).toEqual([]);
  await rm(directory, { recursive: true });
});

async function start(): Promise<RunningCli> {
  const running = spawnCli(['start'], env);
  started.push(running);
  await running.saw('Sign in as');
  return running;
}

/** Servers of this directory, by the file that each keeps while it runs. */
async function postmasters(): Promise<string[]> {
  const files = await readdir(env.DATA_DIR, { recursive: true });
  return files.filter((name) => path.basename(name) === 'postmaster.pid');
}

function passwordIn(greeting: string): string {
  return /password (\S+)/.exec(greeting)?.[1] ?? '';
}

test('a port that is in use ends a start with a sentence, and leaves nothing running', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const ended = await runCli(['start'], env);
  await new Promise((resolve) => other.close(resolve));
  expect(ended.stderr).toContain(`Port ${port} is in use`);
  expect(ended).toMatchObject({ status: 1, stdout: '' });
  expect(await postmasters()).toEqual([]);
});

test('start prints its addresses; a second one on the same data says so and ends', async () => {
  const running = await start();
  const greeting = await running.saw('Sign in as');
  for (const page of ['/', '/desk', '/desk/mail']) {
    expect(greeting).toContain(`http://localhost:${port}${page}\n`);
    expect((await fetch(home + page)).status).toBe(200);
  }
  const second = await runCli(['start'], env);
  expect(second.stderr).toMatch(/^pressrun: "pressrun start" already runs on .+\n$/);
  expect(second).toMatchObject({ status: 2, stdout: '' });
});

test('beside a running start commands leave the work to it', async () => {
  await writeFile(file('readers.csv'), 'email\nada@example.com\nbob@example.com\n');
  expect(
    (await runCli(['subscribers', 'import', file('readers.csv'), '--consent', 'asked'], env)).status,
  ).toBe(0);
  const tested = await runCli(['send', 'i1', '--test', 'eve@example.com', '--json'], env);
  expect(tested.json()).toMatchObject({ accepted: true });
  const sent = await runCli(['send', 'i1', '--wait', '--json'], env);
  expect(sent.json()).toMatchObject({ state: 'finished', audience: 2, accepted: 2 });
  expect(sent.status).toBe(0);
});

const FRONT = '---\ntitle: One\nslug: one\n---\n';
const BAD_ISSUES = [
  { name: 'missing.md', text: null, code: 'no_such_file' },
  { name: '.', text: null, code: 'not_a_file' },
  { name: 'broken.md', text: '---\ntitle: [one\n---\n\ntext\n', code: /front_matter|bad_/ },
  { name: 'untitled.md', text: FRONT.replace('title: One\n', ''), code: /title/ },
  { name: 'empty.md', text: FRONT, code: /item|link|empty/ },
  { name: 'big.md', text: 'a'.repeat(50_000_000), code: 'issue_too_big' },
];

test('a file that cannot be an issue is refused with a sentence, and nothing of it stays', async () => {
  const before = await runCli(['issue', 'list', '--json'], env);
  for (const { name, text, code } of BAD_ISSUES) {
    if (text !== null) await writeFile(file(name), text);
    const refused = await runCli(['issue', 'import', file(name), '--json'], env);
    const { error } = refused.json() as { error: { code: string; message: string } };
    expect(`${error.code} ${error.message}`).toMatch(code);
    expect(refused).toMatchObject({ status: 2, stderr: '' });
  }
  expect((await runCli(['issue', 'list', '--json'], env)).stdout).toBe(before.stdout);
});

test('a slug or a week that is taken is refused and names the issue that has it', async () => {
  await writeFile(file('first.md'), issueText('first', '2024-W02'));
  await writeFile(file('slug.md'), issueText('first', '2024-W03'));
  await writeFile(file('week.md'), issueText('other', '2024-W02'));
  expect((await runCli(['issue', 'import', file('first.md')], env)).status).toBe(0);
  for (const name of ['slug.md', 'week.md']) {
    const refused = await runCli(['issue', 'import', file(name)], env);
    expect(refused.stderr).toContain('i2');
    expect(refused.status).toBe(2);
  }
});

test('Ctrl-C ends everything in order, with 0', async () => {
  const [running] = started;
  running?.child.kill('SIGINT');
  expect(await running?.ended).toMatchObject({ status: 0, stderr: '' });
  expect(await postmasters()).toEqual([]);
});

test('kill -9 loses nothing: the next start finds the data, and a fresh password is printed', async () => {
  const first = await start();
  const password = passwordIn(await first.saw('Sign in as'));
  first.child.kill('SIGKILL');
  await first.ended;
  const second = await start();
  const fresh = passwordIn(await second.saw('Sign in as'));
  expect(fresh).toMatch(/\w{4}/);
  expect(fresh).not.toBe(password);
  const status = await runCli(['send', 'status', 's1', '--json'], env);
  expect(status.json()).toMatchObject({ state: 'finished', accepted: 2 });
  second.child.kill('SIGTERM');
  expect((await second.ended).status).toBe(0);
  expect(await postmasters()).toEqual([]);
});
