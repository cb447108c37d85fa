import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { asId, type SendId } from '../../src/ids.ts';
import { silentLog } from '../../src/log.ts';
import { jobId } from '../../src/queue/jobs.ts';
import { openQueues, type Queues } from '../../src/queue/queues.ts';
import { testDatabase } from '../support/database.ts';
import { redisForTests } from '../support/redis.ts';
import { findProgram } from '../support/require.ts';
import { until } from '../support/until.ts';
import { startRedis } from '../torture/redis-server.ts';

const database = await testDatabase();
const redis = await redisForTests();
const redisProgram = findProgram('redis-server', 'valkey-server');

const TAKER = path.join(import.meta.dirname, 'taker.ts');
/** At BullMQ's defaults it would be up to a minute and a half. */
const WITHIN_MS = 40_000;
const send = asId<SendId>(7);
const batch = (number: number, fence = 0) => ({ name: 'batch', send, batch: number, fence }) as const;

const backends: [string, Config['queue'] | null][] = [
  ['Postgres', { kind: 'postgres' }],
  ['Redis', redis ? { kind: 'redis', url: redis.url } : null],
];

test('the id of a job is made of what it wakes', () => {
  expect(jobId(batch(3, 2))).toBe('batch-7-3-2');
  expect(jobId({ name: 'slot', publication: asId(1), slot_at: '2026-11-23T08:00:00.000Z' })).not.toContain(
    ':',
  );
});

describe.each(backends)('on %s', (_name, config) => {
  const opened: Queues[] = [];
  const open = (): Queues => {
    if (!config) throw new Error('no such queue here');
    const queues = openQueues(config, database.url, silentLog);
    opened.push(queues);
    return queues;
  };
  afterAll(async () => {
    for (const queues of opened) await queues.close();
  });

  test.skipIf(!config)('a wake-up reaches a worker with its payload', async () => {
    const queues = open();
    await queues.add(batch(1));
    const seen: unknown[] = [];
    const worker = queues.work('batch', async (payload) => void seen.push(payload), 1);
    await until('it has come', () => seen.length > 0);
    expect(seen).toEqual([{ send: 7, batch: 1, fence: 0 }]);
    await worker.close();
    await queues.check();
  });

  test.skipIf(!config)(
    'two wake-ups for the same thing are one job, and a done one can be added again',
    async () => {
      const queues = open();
      await queues.add(batch(2));
      await queues.add(batch(2));
      await queues.add(batch(3));
      const seen: number[] = [];
      const worker = queues.work('batch', async (payload) => void seen.push(payload.batch), 1);
      await until('the last has come', () => seen.includes(3));
      expect(seen.filter((number) => number === 2)).toHaveLength(1);
      await queues.add(batch(2));
      await until('it has come again', () => seen.filter((number) => number === 2).length === 2);
      await worker.close();
    },
  );

  test.skipIf(!config)('a job that fails is gone, so that the reconciler can add it again', async () => {
    const queues = open();
    let runs = 0;
    const worker = queues.work(
      'freeze',
      async () => {
        runs += 1;
        throw new Error('on purpose');
      },
      1,
    );
    await queues.add({ name: 'freeze', send });
    await until('it has failed', () => runs === 1);
    await until('it is run again', async () => {
      await queues.add({ name: 'freeze', send });
      return runs > 1;
    });
    await worker.close();
  });

  test.skipIf(!config)('a wake-up that a killed worker took comes back within seconds', async () => {
    await open().add(batch(9));
    const redisUrl = config?.kind === 'redis' ? config.url : '';
    const taker = spawn(process.execPath, [TAKER, database.url, redisUrl], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(taker.stdout, 'data');
    taker.kill('SIGKILL');
    const killedAt = performance.now();
    const seen: number[] = [];
    const worker = open().work('batch', async (payload) => void seen.push(payload.batch), 1);
    await until('it has come back', () => seen.includes(9));
    expect(performance.now() - killedAt).toBeLessThan(WITHIN_MS);
    await worker.close();
  });
});

test.skipIf(redisProgram === null)('a worker whose Redis is away ends with its last job', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-queue-'));
  const server = await startRedis(redisProgram ?? '', directory);
  const queues = openQueues({ kind: 'redis', url: server.url }, database.url, silentLog);
  let ended = false;
  let started = false;
  const worker = queues.work(
    'batch',
    async () => {
      started = true;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      ended = true;
    },
    1,
  );
  await queues.add(batch(10));
  await until('it has started', () => started);
  await server.kill();
  const closingAt = performance.now();
  await worker.close();
  expect(ended).toBe(true);
  await queues.close();
  expect(performance.now() - closingAt).toBeLessThan(8000);
  await rm(directory, { recursive: true, force: true });
});
