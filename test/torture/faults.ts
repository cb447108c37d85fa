import { setTimeout as sleep } from 'node:timers/promises';
import { type SendId, showId } from '../../src/ids.ts';
import { call } from '../support/bring-up.ts';
import { MISCHIEF, type Mischief } from './sink-orders.ts';
import { CONNECTIONS, LEASE_SECONDS, type Surroundings } from './surroundings.ts';

export const FAULTS = ['kill', 'redis', 'postgres', 'smtp', 'pause'] as const;
export type FaultKind = (typeof FAULTS)[number];

/** Something that goes wrong in the middle of a send, and is right again when `inject` has ended. */
export interface TortureFault {
  readonly kind: FaultKind;
  readonly what: string;
  /** How many workers it kills, or stops for longer than their lease. */
  readonly workers: number;
  inject(around: Surroundings, send: SendId): Promise<void>;
}

const VARIANTS: Readonly<Record<FaultKind, readonly TortureFault[]>> = {
  kill: [killed(1), killed(2)],
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
    fault('pause', 'SIGSTOP past the lease', stopWorker, 1),
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

function fault(kind: FaultKind, what: string, inject: TortureFault['inject'], workers = 0): TortureFault {
  return { kind, what, inject, workers };
}

function killed(times: number): TortureFault {
  const what = times === 1 ? 'kill -9 of a worker' : `kill -9 of a worker, ${times} times`;
  return fault('kill', what, (around) => killWorkers(around, times), times);
}

async function killWorkers({ workers }: Surroundings, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await workers.kill(workers.any());
    await workers.start();
    await sleep(upTo(200));
  }
}

async function stopWorker({ workers }: Surroundings): Promise<void> {
  const worker = workers.any();
  worker.kill('SIGSTOP');
  await sleep((LEASE_SECONDS + 0.5) * 1000 + upTo(2000));
  worker.kill('SIGCONT');
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
