import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Real `pressrun worker` processes. */
export interface TortureWorkers {
  /** One that runs, chosen at random. */
  any(): ChildProcess;
  start(): Promise<void>;
  kill(worker: ChildProcess): Promise<void>;
  close(): Promise<void>;
}

const PRESSRUN = path.resolve(import.meta.dirname, '../../src/pressrun.js');

/** @param log a file descriptor that takes what they say on standard error. */
export function torturedWorkers(env: Record<string, string>, log: number | 'ignore'): TortureWorkers {
  const running = new Set<ChildProcess>();
  let over = false;
  const kill = async (worker: ChildProcess) => {
    running.delete(worker);
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    const ended = once(worker, 'exit');
    worker.kill('SIGKILL');
    await ended;
  };
  return {
    any() {
      const chosen = [...running][Math.floor(Math.random() * running.size)];
      if (!chosen) throw new Error('no worker runs');
      return chosen;
    },
    async start() {
      if (over) return;
      // a group of its own: a Ctrl-C in the terminal is the driver's to deal with
      const worker = spawn(process.execPath, [PRESSRUN, 'worker'], {
        env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
        stdio: ['ignore', 'pipe', log],
        detached: true,
      });
      running.add(worker);
      await ready(worker);
    },
    kill,
    async close() {
      over = true;
      await Promise.all([...running].map(kill));
    },
  };
}

async function ready(worker: ChildProcess): Promise<void> {
  const { stdout } = worker;
  if (!stdout) throw new Error('a worker without standard output');
  const greeted = new Promise<void>((resolve) => {
    stdout.on('data', (chunk: Buffer) => chunk.includes('Working') && resolve());
  });
  const ended = once(worker, 'exit').then(([status]) => {
    throw new Error(`a worker ended by itself with ${status}`);
  });
  await Promise.race([greeted, ended]);
  ended.catch(() => {});
}
