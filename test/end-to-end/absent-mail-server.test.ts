import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { SECOND_MS } from '../../src/clock.ts';
import { CONNECTIONS, openProduction, type Production, receiptShape } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';

const READERS = 2000;
const WORKERS = 2;
const redis = await redisForTests();
let production: Production | null = null;
afterAll(() => production?.close());

test.skipIf(redis === null)(
  'while the mail server is away a send waits and says so; when it is back everybody is mailed, without a hand',
  { timeout: 240_000 },
  async () => {
    if (!redis) return;
    production = await openProduction(redis, READERS);
    const { sink } = production;
    await Promise.all(Array.from({ length: WORKERS }, production.startWorker));
    const sending = production.send();
    await until('a third of the letters are out', () => sink.taken.length >= READERS / 3);
    await sink.stop();
    // what was on its way into the sink has arrived
    await sleep(SECOND_MS);
    const before = sink.taken.length;
    await sleep(7 * SECOND_MS);
    expect(sink.taken.length).toBe(before);
    await sink.restart();
    const { status, stdout } = await sending.ended;

    expect(status).toBe(0);
    expect(receiptShape.parse(JSON.parse(stdout))).toMatchObject({
      state: 'finished',
      audience: READERS,
      accepted: READERS,
      rejected: 0,
    });
    const { lost, copies } = production.count();
    expect(lost).toEqual([]);
    // a connection that broke after its final dot leaves one message of which nobody knows
    expect(copies).toBeLessThanOrEqual(WORKERS * CONNECTIONS);
  },
);
