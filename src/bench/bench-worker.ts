import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { SECOND_MS } from '../clock.ts';
import { Fault } from '../result.ts';

/** A real `pressrun worker` process. */
export interface BenchWorker {
  readonly pid: number;
  /** Rejects if it ends before it is told to. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

const PRESSRUN = path.resolve(import.meta.dirname, '../pressrun.js');
const PATIENCE_MS = 60 * SECOND_MS;

/** @param nodeOptions for its Node. */
export async function startWorker(
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[],
): Promise<BenchWorker> {
  // a group of its own: a Ctrl-C in the terminal is the bench's to deal with; by the channel it notices our end
  const child = spawn(process.execPath, [...nodeOptions, PRESSRUN, 'worker'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
  });
  let told = false;
  const ended = once(child, 'exit');
  const lost = ended.then(([status]) => {
    if (told) return new Promise<never>(() => {});
    throw new Fault('worker_ended', `The worker ended by itself with ${status}.`, 'failure');
  });
  lost.catch(() => {});
  const stop = async () => {
    told = true;
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(late);
  };
  try {
    await Promise.race([lost, greeting(child)]);
    return { pid: child.pid ?? 0, lost, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function greeting({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve) => stdout?.on('data', () => resolve()));
}
