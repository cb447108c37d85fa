import { afterAll, expect, test } from 'vitest';
import {
  COPIES_PER_KILL,
  kill,
  openProduction,
  type Production,
  receiptShape,
  TAKEN_OVER_SOON,
} from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';

const READERS = 10_000;
const redis = await redisForTests();
let production: Production | null = null;
afterAll(() => production?.close());

test.skipIf(redis === null)(
  'a worker killed half-way loses nobody; who gets a second copy gets the same Message-ID, and they are few',
  { timeout: 240_000 },
  async () => {
    if (!redis) return;
    production = await openProduction(redis, READERS, {}, TAKEN_OVER_SOON);
    const { sink } = production;
    const [victim] = await Promise.all([production.startWorker(), production.startWorker()]);
    const sending = production.send();
    await until('half of the letters are out', () => sink.taken.length >= READERS / 2);
    await kill(victim);
    const { status, stdout } = await sending.ended;

    expect(status).toBe(0);
    expect(receiptShape.parse(JSON.parse(stdout))).toMatchObject({
      state: 'finished',
      audience: READERS,
      accepted: READERS,
    });
    const { lost, copies } = production.count();
    expect(lost).toEqual([]);
    expect(copies).toBeLessThanOrEqual(COPIES_PER_KILL);
    expect(new Set(sink.taken.map(({ messageId }) => messageId)).size).toBe(READERS);
  },
);
