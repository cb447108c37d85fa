import { mkdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../clock.ts';
import type { Log } from '../log.ts';
import { Fault } from '../result.ts';
import { diskFull } from './postgres-binaries.ts';
import { ensureCluster, findCluster, readPassword, urlOf } from './postgres-cluster.ts';
import { READY_TIMEOUT_MS, stopPostgres, tryStartPostgres } from './postgres-server.ts';
import { findPostmaster, pidFileOf } from './postmaster.ts';
import { takeTurn } from './start-turn.ts';
import { UsersLock } from './users-lock-store.ts';

export interface EmbeddedPostgres {
  readonly databaseUrl: string;
  /** Resolves, with the sentence for the operator, if the server ends under us; else never. */
  readonly lost: Promise<Fault>;
  /** Whether a `start`, this process's own included, runs on the data directory. */
  startIsRunning(): Promise<boolean>;
  /** Lets go of the data directory; the last one out stops the server and waits until it has ended. */
  release(): Promise<void>;
}

const DATABASE = 'pressrun';
const WAIT_MS = 50;
const ABANDONED_MS = 2 * SECOND_MS;
/** How long a `start` waits for the lock of one that was just killed. */
const START_PATIENCE_MS = SECOND_MS;
/** Postgres needs room for one more segment of its log (16 MB) to go on. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

/**
 * Uses the Postgres of a data directory together with any number of other processes: joins the server that
 * runs there, whoever started it and whether they still live, or starts it.
 *
 * @throws {Fault} `already_running` for a second `start`; `other_postgres_version`, `disk_full`,
 *   `embedded_as_root`, ... for what keeps the server from running.
 */
export async function useEmbedded(
  dataDir: string,
  options: { readonly exclusive: 'start' | null; readonly log: Log },
): Promise<EmbeddedPostgres> {
  const home = path.join(path.resolve(dataDir), 'postgres');
  await mkdir(path.dirname(home), { recursive: true, mode: 0o700 });
  const joined = await join(home, options.log);
  try {
    if (options.exclusive === 'start') await takeStart(joined.lock, dataDir);
    await joined.lock.ensureDatabase(DATABASE);
  } catch (error) {
    await leave(joined, options.log);
    throw error;
  }
  let released: Promise<void> | null = null;
  return {
    databaseUrl: urlOf(joined, DATABASE),
    lost: joined.lock.lost.then(() => lostFault(joined.directory)),
    startIsRunning: () => joined.lock.startIsHeld(),
    release: () => {
      released ??= leave(joined, options.log);
      return released;
    },
  };
}

interface Joined {
  readonly lock: UsersLock;
  readonly directory: string;
  readonly pid: number;
  readonly port: number;
  readonly password: string;
}

type Server = Omit<Joined, 'lock'>;

/** Goes round until it is in: whoever comes while the last one out stops the server starts it again. */
async function join(home: string, log: Log): Promise<Joined> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const server = await findOrStart(home, log);
    const lock = server && (await enter(server));
    if (lock) return { ...server, lock };
    await sleep(WAIT_MS);
  }
  throw new Fault(
    'embedded_silent',
    `The embedded Postgres in ${home} neither answers nor ends: end the process that postmaster.pid there names, and start again.`,
    'failure',
  );
}

/** @returns null while the server does not let anybody in yet, or any more. */
async function enter(server: Server): Promise<UsersLock | null> {
  return UsersLock.join(urlOf(server, 'postgres')).catch((error: unknown) => {
    throw new Fault(
      'embedded_closed',
      `The embedded Postgres in ${server.directory} does not let this command in (${error instanceof Error ? error.message : error}): end what uses it or, if that does not help, process ${server.pid}, and start again.`,
      'failure',
    );
  });
}

/** @returns null while another process starts or stops it. */
async function findOrStart(home: string, log: Log): Promise<Server | null> {
  const directory = await findCluster(home);
  const postmaster = directory ? await findPostmaster(directory) : null;
  if (directory && postmaster?.kind === 'ready') return serverOf(directory, postmaster);
  if (postmaster?.kind === 'starting or stopping') return null;
  const endTurn = await takeTurn(path.dirname(home));
  if (!endTurn) return null;
  try {
    return await start(await ensureCluster(home), log);
  } finally {
    await endTurn();
  }
}

async function serverOf(directory: string, at: { pid: number; port: number }): Promise<Server> {
  return { directory, pid: at.pid, port: at.port, password: await readPassword(directory) };
}

/** Looks again, now that nobody else may start it. */
async function start(directory: string, log: Log): Promise<Server | null> {
  const postmaster = await findPostmaster(directory);
  switch (postmaster.kind) {
    case 'ready':
    case 'starting or stopping':
      return null;
    case 'empty file':
      await removeIfAbandoned(directory, postmaster.inode);
      return null;
    case 'none':
    case 'stale': {
      const stalePid = postmaster.kind === 'stale' ? postmaster.pid : null;
      const started = await tryStartPostgres(directory, { settings: {}, stalePid });
      if (!started.ok) return null;
      const { pid, port } = started.value;
      log.info({ event: 'embedded postgres started', server_pid: pid, port });
      return serverOf(directory, started.value);
    }
  }
}

/** A starting server fills its file within microseconds; one that was killed just then never does. */
async function removeIfAbandoned(directory: string, inode: number): Promise<void> {
  await sleep(ABANDONED_MS);
  const still = await findPostmaster(directory);
  if (still.kind === 'empty file' && still.inode === inode) await rm(pidFileOf(directory), { force: true });
}

async function takeStart(lock: UsersLock, dataDir: string): Promise<void> {
  for (let waited = 0; waited < START_PATIENCE_MS; waited += WAIT_MS) {
    if (await lock.takeStart()) return;
    await sleep(WAIT_MS);
  }
  throw new Fault(
    'already_running',
    `"pressrun start" already runs on ${dataDir}: use that one, end it first, or set DATA_DIR and PORT for a second press.`,
  );
}

async function leave({ lock, pid }: Joined, log: Log): Promise<void> {
  const last = await lock.leave().catch(() => false);
  if (last) {
    await stopPostgres(pid);
    log.info({ event: 'embedded postgres stopped', server_pid: pid });
  }
  await lock.close();
}

async function lostFault(directory: string): Promise<Fault> {
  const free = await statfs(directory).catch(() => null);
  if (free && free.bavail * free.bsize < LEAST_FREE_BYTES) return diskFull();
  return new Fault(
    'embedded_lost',
    `The embedded Postgres in ${directory} ended by itself: start again, what was recorded is kept.`,
    'failure',
  );
}
