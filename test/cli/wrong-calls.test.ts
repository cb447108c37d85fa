import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { TEST_SECRET } from '../support/press.ts';
import { type Ended, runCli } from './run-cli.ts';

const database = await testDatabase();
const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-calls-'));
const deadPort = await freePort();
const production = { DATABASE_URL: database.url, APP_SECRET: TEST_SECRET, DATA_DIR: directory };

afterAll(() => rm(directory, { recursive: true }));

/** One sentence on standard error, no trace of the stack, nothing on standard output. */
function expectSentence({ status, stdout, stderr }: Ended, wanted: number, words: string | RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^pressrun: .+[.)?]\n$/);
  expect({ status, stdout }).toEqual({ status: wanted, stdout: '' });
}

test('--help names every command, and each command helps about itself', async () => {
  const { status, stdout } = await runCli(['--help']);
  expect(status).toBe(0);
  for (const words of Object.keys(commands)) expect(stdout).toContain(`  ${words} `);
  const one = await runCli(['send', '--help']);
  expect(one).toMatchObject({ status: 0, stdout: expect.stringContaining('--again') });
});

test('a call without a command gets the help as its error', async () => {
  expect(await runCli([])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('Usage:'),
  });
  expect(await runCli(['issue'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('issue import'),
  });
});

test('a wrong call ends with 2, a sentence, and a suggestion', async () => {
  expectSentence(await runCli(['issue', 'improt', 'x.md']), 2, /did you mean "pressrun issue import"\?/);
  expectSentence(await runCli(['doctor']), 2, /not in this version/);
});

test('an error under --json is one JSON value on standard output', async () => {
  const ended = await runCli(['issue', 'list', '--publicaton', 'x', '--json']);
  expect(ended.json()).toEqual({
    error: { code: 'unknown_option', message: expect.stringContaining('did you mean --publication?') },
  });
  expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 2, stderr: '' });
});

test('all that is wrong in the environment is said at once, without the values', async () => {
  const env = { PORT: 'eighty', APP_SECRET: 'too-short-to-be-shown', DATA_DIR: directory };
  const ended = await runCli(['issue', 'list'], env);
  expectSentence(ended, 2, /PORT must be a number.*|APP_SECRET/);
  expect(ended.stderr).not.toContain('too-short-to-be-shown');
});

test.for([
  { name: 'web', lacks: 'a database', env: {}, words: /DATABASE_URL/ },
  { name: 'worker', lacks: 'a database', env: {}, words: /DATABASE_URL/ },
  { name: 'worker', lacks: 'a mail server', env: production, words: /SMTP_URL is not set/ },
  {
    name: 'worker',
    lacks: 'an https address for real mail',
    env: { ...production, SMTP_URL: 'smtp://mail.example.com', PUBLIC_URL: 'http://a.example.com' },
    words: /https/,
  },
])('$name refuses to run without $lacks', async ({ name, env, words }) => {
  expectSentence(await runCli([name], { DATA_DIR: directory, ...env }), 2, words);
  expect(await readdir(directory)).toEqual([]);
});

test('a database that does not answer is named without its password', async () => {
  const DATABASE_URL = `postgres://press:hidden-word@127.0.0.1:${deadPort}/press`;
  const ended = await runCli(['issue', 'list'], { ...production, DATABASE_URL });
  expectSentence(ended, 1, new RegExp(`Postgres at 127.0.0.1:${deadPort} does not answer`));
  expect(ended.stderr).not.toContain('hidden-word');
});

test('a database that refuses the password says so', async () => {
  const url = new URL(database.url);
  url.password = 'hidden-word';
  const ended = await runCli(['issue', 'list'], { ...production, DATABASE_URL: url.href });
  expectSentence(ended, 1, /refuses the user or the password/);
  expect(ended.stderr).not.toContain('hidden-word');
});

test('a Redis that does not answer ends a worker with a sentence', async () => {
  const env = {
    ...production,
    REDIS_URL: `redis://127.0.0.1:${deadPort}`,
    SMTP_URL: 'catch:',
    LOG_LEVEL: 'error',
  };
  expectSentence(
    await runCli(['worker'], env),
    1,
    new RegExp(`127.0.0.1:${deadPort} does not answer.*REDIS_URL`),
  );
});

test('a database that is not up to date asks for the migration, which makes it so', async () => {
  const name = `empty_${new URL(database.url).pathname.slice(1)}`;
  await database.pool.query(`create database ${name}`);
  const env = { ...production, DATABASE_URL: database.url.replace(/[^/]+$/, name) };
  try {
    expectSentence(await runCli(['publication', 'list'], env), 2, /pressrun migrate/);
    const migrated = await runCli(['migrate', '--json'], env);
    expect(migrated.json()).toMatchObject({ migrations: expect.arrayContaining(['0001_publications']) });
    expect((await runCli(['publication', 'list', '--json'], env)).json()).toEqual([]);
    expectSentence(await runCli(['issue', 'list'], env), 2, /publication create/);
  } finally {
    await database.pool.query(`drop database ${name} with (force)`);
  }
});

test('a secret that the database was not used with is refused', async () => {
  expect((await runCli(['publication', 'list'], production)).status).toBe(0);
  const APP_SECRET = 'another secret of thirty-two characters';
  expectSentence(await runCli(['publication', 'list'], { ...production, APP_SECRET }), 2, /APP_SECRET/);
  const rotated = { ...production, APP_SECRET: `${APP_SECRET},${TEST_SECRET}` };
  expect((await runCli(['publication', 'list'], rotated)).status).toBe(0);
});
