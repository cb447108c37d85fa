import { setTimeout as sleep } from 'node:timers/promises';
import { createSend } from '../delivery/create-send.ts';
import { type Receipt, receipt } from '../delivery/receipt.ts';
import { findSend, type Send } from '../delivery/send-store.ts';
import type { SendId } from '../ids.ts';
import { depsOf } from '../main.ts';
import { Fault } from '../result.ts';
import { wakeSend } from '../web/wake.ts';
import type { BenchPress } from './bench-press.ts';
import type { SendBench, Stop } from './bench-request.ts';
import { startWorker } from './bench-worker.ts';
import { cpuOf, cpuOfFamily, peakRssOf } from './process-cost.ts';
import type { Sink, Taken } from './sink.ts';

/** What one send cost, from pressing send to finished. CPU in microseconds a message, null where it is not known. */
export interface PressFigures {
  readonly per_second: number;
  readonly worker_us: number | null;
  readonly postgres_us: number | null;
  readonly sink_us: number | null;
  /** The worker's highest, in bytes. */
  readonly rss: number | null;
  /** From pressing send to the first message accepted. */
  readonly first_accepted_ms: number | null;
  /** What does not add up; empty where all does. */
  readonly faults: readonly string[];
}

/** What is polled is one row by its key, so that watching costs next to nothing. */
const POLL_MS = 50;

/** Sends the issue to all readers with a worker of its own. */
export async function measurePress(
  press: BenchPress,
  sink: Sink,
  request: SendBench,
  { interrupted }: Stop,
): Promise<PressFigures> {
  const worker = await startWorker({ ...request.nodeEnv, ...press.env }, request.nodeOptions);
  try {
    await sink.begin();
    const costs = meters(press, sink, worker.pid);
    const before = costs();
    const pressed = press.parts.clock.now();
    const id = await pressSend(press);
    const send = await Promise.race([ended(press, id), worker.lost, interrupted]);
    const after = costs();
    const seconds = ((send.finished_at?.getTime() ?? 0) - pressed.getTime()) / 1000;
    const taken = await sink.tell();
    const each = (part: keyof typeof before) => share(before[part], after[part], request.messages);
    return {
      per_second: request.messages / seconds,
      worker_us: each('worker'),
      postgres_us: each('postgres'),
      sink_us: each('sink'),
      rss: peakRssOf(worker.pid),
      first_accepted_ms: taken?.first_at_ms ? taken.first_at_ms - pressed.getTime() : null,
      faults: faultsOf(await receipt(press.parts.database.db, id), taken, request.messages),
    };
  } finally {
    await worker.stop();
  }
}

/** As the desk and the command line do it. */
async function pressSend({ parts, queues, publication, issue }: BenchPress): Promise<SendId> {
  const deps = depsOf(parts);
  const { id } = await createSend(deps, { publication, issue, at: null, again: true });
  await wakeSend({ ...deps, queues }, id);
  return id;
}

async function ended({ parts: { database } }: BenchPress, id: SendId): Promise<Send> {
  for (;;) {
    const send = await findSend(database.db, id);
    if (send.state === 'finished') return send;
    if (send.state !== 'sending')
      throw new Fault('not_sent', `The send is ${send.state} and does not go on by itself.`, 'failure');
    await sleep(POLL_MS);
  }
}

function meters({ postmaster }: BenchPress, { pid }: Sink, worker: number) {
  return () => ({
    worker: cpuOf(worker),
    postgres: postmaster === null ? null : cpuOfFamily(postmaster),
    sink: pid === null ? null : cpuOf(pid),
  });
}

function share(before: number | null, after: number | null, messages: number): number | null {
  return before === null || after === null ? null : (after - before) / messages;
}

/** Each accepted row stands for one message at least: as many messages as rows are one for each. */
function faultsOf({ audience, accepted }: Receipt, taken: Taken | null, messages: number): string[] {
  const counts: [string, number | null][] = [
    ['The audience', audience],
    ['What the ledger has as accepted', accepted],
    ['What the sink took', taken?.messages ?? null],
    ['The readers who got it', taken?.readers ?? null],
  ];
  return counts
    .filter(([, count]) => count !== null && count !== messages)
    .map(([what, count]) => `${what} should be ${messages} and is ${count}.`);
}
