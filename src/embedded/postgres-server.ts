import type { ChildProcess } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { Fault, ok, type Result, refuse } from '../result.ts';
import { freePort } from './free-port.ts';
import { type Launched, launch, launchFault } from './postgres-binaries.ts';
import { findPostmaster, isRunning, signalProcess } from './postmaster.ts';

export interface RunningPostgres {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

/** Why a server did not start although nothing is wrong: somebody else's runs, or took the port just now. */
export type StartRefusal = 'another server' | 'port taken';

/** A server that was killed reads its log through first, and on a slow disk that takes a while. */
export const READY_TIMEOUT_MS = 5 * MINUTE_MS;
const POLL_MS = 25;

/**
 * Starts the server of a data directory, for callers that have it to themselves.
 *
 * @param settings server settings, e.g. `{ fsync: 'off' }` in tests.
 * @throws {Fault} with the server's own last words.
 */
export async function startPostgres(
  directory: string,
  settings: Record<string, string> = {},
): Promise<RunningPostgres> {
  const started = await tryStartPostgres(directory, { settings, stalePid: null });
  if (started.ok) return started.value;
  throw new Fault(
    'embedded_postgres',
    `The embedded Postgres did not start: ${started.error}: start again.`,
    'failure',
  );
}

/**
 * Starts the server of a data directory on a free loopback port, in a process group of its own: a Ctrl-C
 * in the terminal must not reach it while workers still record. postmaster.pid, which Postgres makes with
 * O_EXCL, decides between several that try at once.
 *
 * @param stalePid the process that postmaster.pid names, where it is known to be no postmaster.
 * @throws {Fault} with the server's own last words.
 */
export async function tryStartPostgres(
  directory: string,
  options: { readonly settings: Record<string, string>; readonly stalePid: number | null },
): Promise<Result<RunningPostgres, StartRefusal>> {
  const port = await freePort();
  const { uid, gid } = await stat(directory);
  const server = launch('postgres', ['-D', directory, ...commandLine(port, options.settings)], {
    detached: true,
    owner: { uid, gid },
    // Postgres itself then clears such a file away: it never takes its starter's starter for a rival
    // (CreateLockFile in src/backend/utils/init/miscinit.c).
    ...(options.stalePid === null ? {} : { env: { PG_GRANDPARENT_PID: String(options.stalePid) } }),
  });
  const ready = await readyOrEnded(server, directory);
  if (!ready) return refusalOf(server.output());
  server.child.stdout?.destroy();
  server.child.stderr?.destroy();
  server.child.unref();
  return ok({ child: server.child, pid: server.child.pid ?? 0, port });
}

function commandLine(port: number, settings: Record<string, string>): string[] {
  const wanted: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_buffers: '128MB',
    max_connections: '100',
    log_min_messages: 'fatal',
    log_line_prefix: '',
    ...settings,
  };
  return Object.entries(wanted).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function readyOrEnded({ child, ended }: Launched, directory: string): Promise<boolean> {
  const over = ended.then(() => true);
  for (let waited = 0; waited < READY_TIMEOUT_MS; waited += POLL_MS) {
    if (await Promise.race([over, sleep(POLL_MS, false)])) return false;
    const postmaster = await findPostmaster(directory);
    if (postmaster.kind === 'ready' && postmaster.pid === child.pid) return true;
  }
  child.kill('SIGQUIT');
  throw new Fault(
    'embedded_postgres',
    `The embedded Postgres in ${directory} did not become ready within ${READY_TIMEOUT_MS / MINUTE_MS} minutes: look at the load of this machine and start again.`,
    'failure',
  );
}

const ANOTHER_SERVER = [
  /lock file "postmaster\.pid" (already exists|is empty)/,
  /could not remove old lock file/,
  // held until the last child of a dead server has ended
  /pre-existing shared memory block/,
];

/** Postgres's words for what another try can mend. */
function refusalOf(output: string): Result<never, StartRefusal> {
  if (ANOTHER_SERVER.some((words) => words.test(output))) return refuse('another server');
  if (/could not bind|could not create any TCP\/IP sockets/.test(output)) return refuse('port taken');
  throw launchFault('postgres', output);
}

/**
 * Stops a server and waits until it has ended. SIGINT is Postgres's fast shutdown: sessions are ended,
 * everything committed stays. One that does not end in time is made to, and reads its log at the next start.
 */
export async function stopPostgres(pid: number, timeoutMs = 30 * SECOND_MS): Promise<void> {
  signalProcess(pid, 'SIGINT');
  if (await endedWithin(pid, timeoutMs)) return;
  signalProcess(pid, 'SIGQUIT');
  await endedWithin(pid, 5 * SECOND_MS);
}

async function endedWithin(pid: number, timeoutMs: number): Promise<boolean> {
  for (let waited = 0; waited < timeoutMs; waited += POLL_MS) {
    if (!isRunning(pid)) return true;
    await sleep(POLL_MS);
  }
  return false;
}
