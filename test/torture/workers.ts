import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Step } from '../../src/delivery/steps.ts';

/** Real `pressrun worker` processes. */
export interface TortureWorkers {
  /** One that runs, chosen at random. */
  any(): ChildProcess;
  start(): Promise<void>;
  kill(worker: ChildProcess): Promise<void>;
  /** All of them will kill themselves at the step, the so-manieth time; a new one comes for each that did. */
  doom(step: Step, times: number): Promise<void>;
  /** Takes back a doom that has met none, or not all. */
  reprieve(): Promise<void>;
  /** How many died, or were stopped beyond their lease, since it was asked last. */
  countFallen(): number;
  /** One was stopped beyond its lease. */
  fell(): void;
  close(): Promise<void>;
}

const PRESSRUN = path.resolve(import.meta.dirname, '../../src/pressrun.js');
const KILL_AT_STEP = path.join(import.meta.dirname, 'kill-at-step.ts');

/** @param log a file descriptor that takes what they say on standard error. */
export function torturedWorkers(env: Record<string, string>, log: number | 'ignore'): TortureWorkers {
  const running = new Set<ChildProcess>();
  const doomed = new Set<ChildProcess>();
  let fallen = 0;
  let over = false;

  const start = async (more: Record<string, string> = {}): Promise<ChildProcess | null> => {
    if (over) return null;
    const worker = startWorker({ ...env, ...more }, log);
    running.add(worker);
    await ready(worker);
    return worker;
  };
  const end = async (worker: ChildProcess) => {
    running.delete(worker);
    doomed.delete(worker);
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    const ended = once(worker, 'exit');
    worker.kill('SIGKILL');
    await ended;
  };
  const startDoomed = async (step: Step, times: number) => {
    const worker = await start({
      TORTURE_KILL_AT: `${step}:${times}`,
      NODE_OPTIONS: `--import=${KILL_AT_STEP}`,
    });
    if (!worker) return;
    doomed.add(worker);
    worker.once('exit', () => {
      if (!doomed.has(worker)) return;
      fallen += 1;
      void end(worker).then(() => start());
    });
  };
  const replace = async (workers: Iterable<ChildProcess>, successor: () => Promise<unknown>) => {
    const replaced = [...workers];
    await Promise.all(replaced.map(end));
    await Promise.all(replaced.map(() => successor()));
  };

  return {
    any() {
      const chosen = [...running][Math.floor(Math.random() * running.size)];
      if (!chosen) throw new Error('no worker runs');
      return chosen;
    },
    async start() {
      await start();
    },
    async kill(worker) {
      fallen += 1;
      await end(worker);
    },
    doom: (step, times) => replace(running, () => startDoomed(step, times)),
    reprieve: () => replace(doomed, () => start()),
    countFallen() {
      const counted = fallen;
      fallen = 0;
      return counted;
    },
    fell() {
      fallen += 1;
    },
    async close() {
      over = true;
      await Promise.all([...running].map(end));
    },
  };
}

function startWorker(env: Record<string, string>, log: number | 'ignore'): ChildProcess {
  // a group of its own: a Ctrl-C in the terminal is the driver's to deal with
  return spawn(process.execPath, [PRESSRUN, 'worker'], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', log],
    detached: true,
  });
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
