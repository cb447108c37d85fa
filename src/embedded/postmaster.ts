import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * What runs on a Postgres data directory, by its postmaster.pid. The file alone is no proof: it outlives a
 * `kill -9`, and its process id may be another program's by now.
 */
export type Postmaster =
  | { readonly kind: 'none' }
  | { readonly kind: 'empty file'; readonly inode: number }
  | { readonly kind: 'stale'; readonly pid: number }
  | { readonly kind: 'starting or stopping'; readonly pid: number }
  | { readonly kind: 'ready'; readonly pid: number; readonly port: number };

/** Lines of postmaster.pid: 1 process, 4 port, 8 state (Postgres's src/include/utils/pidfile.h). */
export async function findPostmaster(directory: string): Promise<Postmaster> {
  await using file = await open(pidFileOf(directory)).catch(nullIfMissing);
  if (!file) return { kind: 'none' };
  const lines = (await file.readFile('utf8')).split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return { kind: 'empty file', inode: (await file.stat()).ino };
  if (!(await isPostmasterOf(pid, directory))) return { kind: 'stale', pid };
  const port = Number(lines[3]);
  return lines[7] === 'ready' && port > 0
    ? { kind: 'ready', pid, port }
    : { kind: 'starting or stopping', pid };
}

export function pidFileOf(directory: string): string {
  return path.join(directory, 'postmaster.pid');
}

/** A postmaster works in its data directory; elsewhere than on Linux the command line has to say so. */
async function isPostmasterOf(pid: number, directory: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  if (process.platform === 'linux') {
    const [works, wanted] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => null),
      realpath(directory),
    ]);
    return works === wanted;
  }
  const ps = promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
  return ps.then(
    ({ stdout }) => stdout.includes(directory),
    () => true,
  );
}

/** Whether a process is there and has not ended: nobody may have waited for it yet (a zombie). */
export function isRunning(pid: number): boolean {
  return signalProcess(pid, 0) && !isZombie(pid);
}

/** @returns whether there is such a process; one of another user's is there, and gets no signal. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ESRCH') return false;
    if (code === 'EPERM') return true;
    throw error;
  }
}

/** The state follows the command's closing bracket (proc_pid_stat(5)). */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/s, '').slice(0, 3));
  } catch {
    return true;
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
