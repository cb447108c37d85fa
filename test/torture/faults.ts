import { setTimeout as sleep } from 'node:timers/promises';
import { STEPS, type Step } from '../../src/delivery/steps.ts';
import { type SendId, showId } from '../../src/ids.ts';
import { unreachable } from '../../src/result.ts';
import { call } from '../support/bring-up.ts';
import { MISCHIEF, type Mischief } from './sink-orders.ts';
import { BATCH_SIZE, CONNECTIONS, LEASE_SECONDS, type Surroundings, WORKERS } from './surroundings.ts';

export const FAULTS = ['kill', 'redis', 'postgres', 'smtp', 'pause'] as const;
export type FaultKind = (typeof FAULTS)[number];

/** Something that goes wrong in a send, and is right again when `inject` has ended. */
export interface TortureFault {
  readonly kind: FaultKind;
  readonly what: string;
  /** The send is due in a moment, so that a worker freezes it, not whoever triggers it. */
  readonly scheduled: boolean;
  /** Before the send begins, to so many readers. */
  prepare(around: Surroundings, readers: number): Promise<void>;
  /** In the middle of the send. */
  inject(around: Surroundings, send: SendId): Promise<void>;
}

const VARIANTS: Readonly<Record<FaultKind, readonly TortureFault[]>> = {
  kill: [killed(1), killed(2), ...STEPS.map(killedAt)],
  redis: [
    fault('redis', 'flushed', async ({ redis }) => redis?.flush()),
    fault('redis', 'killed, back empty', async ({ redis }) => {
      await redis?.kill();
      await sleep(upTo(2000));
      await redis?.start();
    }),
  ],
  postgres: [restarted('fast', 0), restarted('immediate', 0), restarted('fast', 2500)],
  smtp: [
    fault('smtp', 'connections cut', async ({ sink }) => {
      for (let times = 0; times < 3; times += 1) {
        await sink.order({ order: 'cut' });
        await sleep(upTo(300));
      }
    }),
    fault('smtp', 'server away', async ({ sink }) => {
      await sink.order({ order: 'go away' });
      await sleep(1000 + upTo(3000));
      await sink.order({ order: 'come back' });
    }),
    ...MISCHIEF.map(misbehaving),
  ],
  pause: [
    fault('pause', 'SIGSTOP past the lease', stopWorker),
    fault('pause', 'send pause and resume', async ({ env }, send) => {
      await call(['send', 'pause', showId('send', send)], env);
      await sleep(upTo(1500));
      await call(['send', 'resume', showId('send', send)], env);
    }),
  ],
};

/** The variants of a kind take turns. */
export function faultOf(kind: FaultKind, turn: number): TortureFault {
  const variants = VARIANTS[kind];
  const chosen = variants[turn % variants.length];
  if (!chosen) throw new Error(`no variant of ${kind}`);
  return chosen;
}

function fault(kind: FaultKind, what: string, inject: TortureFault['inject']): TortureFault {
  return { kind, what, scheduled: false, prepare: async () => {}, inject };
}

function killed(times: number): TortureFault {
  const what = times === 1 ? 'kill -9 of a worker' : `kill -9 of a worker, ${times} times`;
  return fault('kill', what, (around) => killWorkers(around, times));
}

async function killWorkers({ workers }: Surroundings, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await workers.kill(workers.any());
    await workers.start();
    await sleep(upTo(200));
  }
}

/** Every worker dies at the step, at a random time of it; who comes after them goes on. */
function killedAt(step: Step): TortureFault {
  return {
    kind: 'kill',
    what: `each worker, once "${step}"`,
    scheduled: step === 'frozen',
    prepare: ({ workers }, readers) =>
      workers.doom(step, 1 + Math.floor(Math.random() * timesOf(step, readers))),
    inject: async () => {},
  };
}

/** How often one worker passes a step in a send, at least: a doom that meets nobody proves nothing. */
function timesOf(step: Step, readers: number): number {
  switch (step) {
    case 'frozen':
    case 'finished':
      return 1;
    case 'claimed':
    case 'read again':
    case 'let go':
      return Math.max(1, Math.floor(readers / BATCH_SIZE / WORKERS / 2));
    case 'stamped':
    case 'marked':
    case 'answered':
    case 'recorded':
      return Math.floor(readers / WORKERS / 4);
    default:
      return unreachable(step);
  }
}

async function stopWorker({ workers }: Surroundings): Promise<void> {
  const worker = workers.any();
  worker.kill('SIGSTOP');
  await sleep((LEASE_SECONDS + 0.5) * 1000 + upTo(2000));
  worker.kill('SIGCONT');
  workers.fell();
}

function restarted(how: 'fast' | 'immediate', awayMs: number): TortureFault {
  const what = `${how} shutdown${awayMs ? `, ${awayMs / 1000} s away` : ''}, started again`;
  return fault('postgres', what, async ({ postgres }) => {
    await postgres.down(how);
    await sleep(awayMs);
    await postgres.up();
  });
}

function misbehaving(how: Mischief): TortureFault {
  return fault('smtp', how, async ({ sink }) => {
    await sink.order({ order: 'misbehave', how, times: CONNECTIONS * 2 });
  });
}

function upTo(ms: number): number {
  return Math.random() * ms;
}
