import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach } from 'vitest';
import { ensureCluster } from '../../src/embedded/postgres-cluster.ts';
import { stopPostgres } from '../../src/embedded/postgres-server.ts';
import { findPostmaster } from '../../src/embedded/postmaster.ts';

export const USER_PROCESS = fileURLToPath(new URL('./user-process.ts', import.meta.url));

export interface Answer {
  readonly url?: string;
  readonly released?: boolean;
  readonly fault?: string;
  readonly message?: string;
}

/** A process of the test's own, spoken to line by line. */
export class UserProcess {
  readonly child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    if (!child.stdout) throw new Error('it has no standard output');
    this.child = child;
    this.#answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  async next(): Promise<Answer> {
    const { value, done } = await this.#answers.next();
    return done ? { fault: 'it ended without an answer' } : JSON.parse(value);
  }

  /** What else it says until it ends. */
  async rest(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.#answers.next(); !line.done; line = await this.#answers.next()) {
      lines.push(line.value);
    }
    return lines;
  }

  release(): Promise<Answer> {
    this.child.stdin?.write('release\n');
    return this.next();
  }

  /** As a machine that loses patience does: nothing of the process's own runs any more. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** What a test started and made, ended and removed after it. */
const started: UserProcess[] = [];
const directories: string[] = [];
const shared = await makeDirectory();

afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await stopServer(shared);
  for (const directory of directories.splice(0)) await remove(directory);
});

afterAll(() => remove(shared));

function makeDirectory(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'pressrun-embedded-'));
}

async function stopServer(directory: string): Promise<void> {
  const postmaster = await findPostmaster(await clusterOf(path.join(directory, 'data dir')));
  if (postmaster.kind === 'ready') await stopPostgres(postmaster.pid);
}

async function remove(directory: string): Promise<void> {
  await stopServer(directory);
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** A path for a data directory that is not there yet, inside a directory that only its owner may enter. */
export async function newDataDir(): Promise<string> {
  const directory = await makeDirectory();
  directories.push(directory);
  return path.join(directory, 'data dir');
}

/** A data directory as an earlier use left it; one for all tests of a file. */
export async function usedDataDir(): Promise<string> {
  const dataDir = path.join(shared, 'data dir');
  await ensureCluster(path.join(dataDir, 'postgres'));
  return dataDir;
}

/** Such a one for a test that spoils it. */
export async function copiedDataDir(): Promise<string> {
  const dataDir = await newDataDir();
  execFileSync('cp', ['-a', await usedDataDir(), dataDir]);
  return dataDir;
}

/** Where Postgres's own files lie. */
export async function clusterOf(dataDir: string): Promise<string> {
  const home = path.join(dataDir, 'postgres');
  const names = await readdir(home).catch((): string[] => []);
  return path.join(home, names.find((name) => name.startsWith('data-')) ?? 'none');
}

export function run(command: string, args: readonly string[], options: SpawnOptions = {}): UserProcess {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const process = new UserProcess(child);
  started.push(process);
  return process;
}

export function startUser(dataDir: string, exclusive?: 'start', options: SpawnOptions = {}): UserProcess {
  return run(process.execPath, [USER_PROCESS, dataDir, ...(exclusive ? [exclusive] : [])], options);
}

/** One query on a connection of its own. */
export async function query(url: string | undefined, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: url ?? '' });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: string }>(sql);
    return String(rows[0]?.answer);
  } finally {
    await client.end();
  }
}

/** Writes a letter that must not get lost. @returns how to read it back. */
export async function keepLetter(url: string | undefined): Promise<(url: string) => Promise<string>> {
  const table = `kept_${randomBytes(4).toString('hex')}`;
  await query(url, `create table ${table} as select 'a letter' as answer`);
  return (later) => query(later, `select answer from ${table}`);
}

export function serverPid(url: string | undefined): Promise<number> {
  return query(url, `select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as answer`).then(Number);
}
