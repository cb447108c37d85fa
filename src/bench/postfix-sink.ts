import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS, systemClock } from '../clock.ts';
import { Fault } from '../result.ts';
import { freePort } from './loopback.ts';
import type { Sink } from './sink.ts';

const BACKLOG = 1000;
/** How exactly the first message's time is known. */
const POLL_MS = 5;
const PATIENCE_MS = 10 * SECOND_MS;

/** Postfix's smtp-sink(1). With `-c` it says after each message how many it has taken. */
export async function startPostfixSink(program: string, directory: string): Promise<Sink> {
  const port = await freePort();
  const file = path.join(directory, 'smtp-sink.counters');
  const counters = openSync(file, 'a');
  // it refuses to run as root
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(program, ['-c', ...user, `127.0.0.1:${port}`, String(BACKLOG)], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', counters, 'ignore'],
  });
  closeSync(counters);
  await listening(child, port);
  const count = openCount(file);
  return {
    what: 'smtp-sink',
    host: '127.0.0.1',
    port,
    pid: child.pid ?? null,
    begin: async () => count.begin(),
    tell: async () => count.tell(),
    async close() {
      count.close();
      await endOf(child);
    },
  };
}

function openCount(file: string) {
  let before = 0;
  let first_at_ms: number | null = null;
  let watch: NodeJS.Timeout | undefined;
  const taken = () => takenIn(readFileSync(file, 'latin1')) - before;
  return {
    begin() {
      before += taken();
      truncateSync(file);
      first_at_ms = null;
      clearInterval(watch);
      watch = setInterval(() => {
        if (taken() <= 0) return;
        first_at_ms = systemClock.now().getTime();
        clearInterval(watch);
      }, POLL_MS);
    },
    tell: () => ({ messages: taken(), readers: null, first_at_ms }),
    close: () => clearInterval(watch),
  };
}

/** The last of its counters, each "sess=1 quit=0 mesg=2" and a carriage return; 0 where it has said nothing. */
function takenIn(text: string): number {
  return Number(/mesg=(\d+)\r[^\r]*$/.exec(text.slice(-200))?.[1] ?? 0);
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return;
    await sleep(POLL_MS);
  }
  child.kill('SIGKILL');
  throw new Fault('no_sink', 'smtp-sink does not run: leave it out with --own-sink.', 'failure');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.end('QUIT\r\n');
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
