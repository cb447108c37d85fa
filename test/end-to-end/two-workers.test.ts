import { afterAll, expect, test } from 'vitest';
import { openProduction, type Production, receiptShape } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';

const READERS = 10_000;
const redis = await redisForTests();
let production: Production | null = null;
afterAll(() => production?.close());

test.skipIf(redis === null)(
  'from an empty database by commands alone: two workers mail ten thousand readers once each, and the receipt adds up',
  { timeout: 240_000 },
  async () => {
    if (!redis) return;
    production = await openProduction(redis, READERS);
    await Promise.all([production.startWorker(), production.startWorker()]);
    const { status, stdout, stderr } = await production.send().ended;

    expect(stderr).not.toMatch(/error/i);
    expect(status).toBe(0);
    expect(receiptShape.parse(JSON.parse(stdout))).toMatchObject({
      state: 'finished',
      audience: READERS,
      accepted: READERS,
      queued: 0,
      unknown: 0,
    });
    expect(production.count()).toEqual({ lost: [], copies: 0 });
  },
);
