import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useEmbedded } from '../../src/embedded/embedded-postgres.ts';
import { isRunning, signalProcess } from '../../src/embedded/postmaster.ts';
import { silentLog } from '../../src/log.ts';
import {
  clusterOf,
  copiedDataDir,
  keepLetter,
  newDataDir,
  query,
  serverPid,
  startUser,
  usedDataDir,
} from './processes.ts';

const use = (dataDir: string, exclusive: 'start' | null = null) =>
  useEmbedded(dataDir, { exclusive, log: silentLog });

test('one server serves every process of a data directory, and the last one out stops it', async () => {
  const dataDir = await usedDataDir();
  const first = startUser(dataDir);
  const { url } = await first.next();
  const second = await use(dataDir);
  expect(second.databaseUrl).toBe(url);
  const pid = await serverPid(url);
  let lost = false;
  void second.lost.then(() => {
    lost = true;
  });

  await first.release();
  expect(await query(url, 'select 1 as answer')).toBe('1');
  await second.release();
  expect(isRunning(pid)).toBe(false);
  expect(lost).toBe(false);
});

test('what was written is there at the next start', async () => {
  const dataDir = await usedDataDir();
  const before = await use(dataDir, 'start');
  const readLetter = await keepLetter(before.databaseUrl);
  await before.release();
  await before.release();

  const after = await use(dataDir, 'start');
  expect(await readLetter(after.databaseUrl)).toBe('a letter');
  await after.release();
});

test('three processes that begin at the same moment share one new server', async () => {
  const dataDir = await newDataDir();
  const processes = [startUser(dataDir), startUser(dataDir), startUser(dataDir)];
  const answers = await Promise.all(processes.map((one) => one.next()));
  expect(new Set(answers.map(({ url }) => url)).size).toBe(1);
  const pid = await serverPid(answers[0]?.url);

  await Promise.all(processes.map((one) => one.release()));
  expect(isRunning(pid)).toBe(false);
  await expect(stat(path.join(await clusterOf(dataDir), 'postmaster.pid'))).rejects.toThrow('ENOENT');
});

test('coming and going at the same time, nobody meets a server that is being stopped', async () => {
  const dataDir = await usedDataDir();
  const comeAndGo = async (delayMs: number) => {
    await sleep(delayMs);
    const embedded = await use(dataDir);
    expect(await query(embedded.databaseUrl, 'select 1 as answer')).toBe('1');
    await embedded.release();
  };
  for (let round = 0; round < 4; round++) await Promise.all([0, 0, 120, 160].map(comeAndGo));
});

test('a second start is told that one runs; other commands see it', async () => {
  const dataDir = await usedDataDir();
  const first = await use(dataDir, 'start');
  const second = startUser(dataDir, 'start');
  expect(await second.next()).toMatchObject({
    fault: 'already_running',
    message: expect.stringContaining('already runs'),
  });
  const command = await use(dataDir);
  expect(await command.startIsRunning()).toBe(true);
  await first.release();
  expect(await command.startIsRunning()).toBe(false);
  await (await use(dataDir, 'start')).release();
  await command.release();
});

test('a start that was killed leaves its server to the next one, with all that was committed', async () => {
  const dataDir = await usedDataDir();
  const first = startUser(dataDir, 'start');
  const { url } = await first.next();
  const readLetter = await keepLetter(url);
  const pid = await serverPid(url);
  await first.kill();
  expect(isRunning(pid)).toBe(true);

  const next = await use(dataDir, 'start');
  expect(next.databaseUrl).toBe(url);
  expect(await readLetter(next.databaseUrl)).toBe('a letter');
  await next.release();
  expect(isRunning(pid)).toBe(false);
});

test('a server that is killed tells its users, and the next start recovers it', async () => {
  const dataDir = await usedDataDir();
  const first = await use(dataDir, 'start');
  const readLetter = await keepLetter(first.databaseUrl);
  signalProcess(await serverPid(first.databaseUrl), 'SIGKILL');
  expect(await first.lost).toMatchObject({
    code: 'embedded_lost',
    message: expect.stringContaining('start again'),
  });
  await first.release();

  const next = await use(dataDir, 'start');
  expect(await readLetter(next.databaseUrl)).toBe('a letter');
  await next.release();
});

test('Ctrl-C in the terminal does not reach the server', async () => {
  const user = startUser(await usedDataDir(), 'start', { detached: true });
  const { url } = await user.next();
  process.kill(-(user.child.pid ?? 0), 'SIGINT');
  expect(await user.next()).toEqual({ fault: 'it ended without an answer' });
  expect(await query(url, 'select 1 as answer')).toBe('1');
});

test.each([
  ['a process that is gone', String(2 ** 22 - 7)],
  ['another program that has its number by now', String(process.pid)],
  ['a server that was killed before it wrote its number', ''],
])('a postmaster.pid left by %s is no obstacle', async (_name, pid) => {
  const dataDir = await usedDataDir();
  const cluster = await clusterOf(dataDir);
  const lines = [pid, cluster, '1600000000', '5432', '', '127.0.0.1', '', 'ready'];
  await writeFile(path.join(cluster, 'postmaster.pid'), pid && lines.join('\n'), { mode: 0o600 });

  const [one, other] = await Promise.all([use(dataDir), use(dataDir)]);
  expect(one.databaseUrl).toBe(other.databaseUrl);
  await one.release();
  await other.release();
});

test('the data directory may be given relative to where the command is run', async () => {
  const dataDir = await usedDataDir();
  const there = startUser('./data dir', undefined, { cwd: path.dirname(dataDir) });
  const here = await use(path.relative(process.cwd(), dataDir));
  expect((await there.next()).url).toBe(here.databaseUrl);
  await here.release();
});

test('only the owner can read what opens the database, and nothing else is left from making it', async () => {
  const dataDir = await newDataDir();
  await mkdir(path.join(dataDir, `postgres.new-${2 ** 22 - 7}-0a1b2c3d`), { recursive: true, mode: 0o700 });
  const embedded = await use(dataDir);
  const cluster = await clusterOf(dataDir);
  const files = [dataDir, cluster, `${cluster}/pressrun.password`, `${cluster}/postmaster.pid`];
  const modes = await Promise.all(files.map((file) => stat(file)));
  expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600', '600']);
  expect(await readdir(dataDir)).toEqual(['postgres']);
  await embedded.release();
});

test('a server that lets nobody in is named, with its process', async () => {
  const dataDir = await copiedDataDir();
  const embedded = await use(dataDir);
  const pid = await serverPid(embedded.databaseUrl);
  await writeFile(path.join(await clusterOf(dataDir), 'pressrun.password'), 'another');
  await expect(use(dataDir)).rejects.toMatchObject({
    code: 'embedded_closed',
    message: expect.stringContaining(`process ${pid}`),
  });
  await embedded.release();
});

test('data of another Postgres version is named, and left alone', async () => {
  const dataDir = await copiedDataDir();
  const version = path.join(await clusterOf(dataDir), 'PG_VERSION');
  await writeFile(version, '19\n');
  await expect(use(dataDir)).rejects.toThrow(
    /was made by Postgres 19, and this pressrun brings Postgres 18: .*DATA_DIR/,
  );
  expect(await readFile(version, 'utf8')).toBe('19\n');
});

test.each(['postgres/rest', 'postgres/data-0a1b2c3d/base'])(
  'a data directory of which only %s is left is named, and left alone',
  async (rest) => {
    const dataDir = await newDataDir();
    await mkdir(path.join(dataDir, rest), { recursive: true });
    await expect(use(dataDir)).rejects.toThrow('move it away');
    expect((await stat(path.join(dataDir, rest))).isDirectory()).toBe(true);
  },
);

test('data begun anew is safe from a server that still ran on the removed ones', async () => {
  const dataDir = await copiedDataDir();
  const before = await use(dataDir);
  await rm(dataDir, { recursive: true, force: true });
  const anew = await use(dataDir);
  const readLetter = await keepLetter(anew.databaseUrl);
  await anew.release();
  await before.release();

  const after = await use(dataDir);
  expect(await readLetter(after.databaseUrl)).toBe('a letter');
  await after.release();
});
