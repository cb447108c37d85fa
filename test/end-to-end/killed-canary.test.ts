import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  kill,
  openProduction,
  type Production,
  receiptShape,
  TAKEN_OVER_SOON,
} from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';

const READERS = 5000;
const CANARY = 400;
const redis = await redisForTests();
let production: Production | null = null;
afterAll(() => production?.close());

/** Whom the mail server was asked to take a letter for. It takes none: a provider that blocks the sender. */
const asked = new Set<string>();
const answer = (stage: string, address: string) => {
  if (stage !== 'rcpt') return null;
  asked.add(address);
  return { code: 550, text: '5.7.1 Blocked' };
};

test.skipIf(redis === null)(
  'workers killed in the middle of a canary mail nobody else; the send pauses with the reason, and goes on when told to',
  { timeout: 240_000 },
  async () => {
    if (!redis) return;
    production = await openProduction(redis, READERS, { answer }, TAKEN_OVER_SOON);
    const canary = ['--canary', String(CANARY), '--canary-wait', '0', '--breaker', 'off'];
    await production.call('publication', 'set', 'weekly', ...canary);
    const victims = await Promise.all([production.startWorker(), production.startWorker()]);
    const sending = production.send();
    await until('half of the canary was tried', () => asked.size >= CANARY / 2);
    await Promise.all(victims.map(kill));
    await production.startWorker();
    const { status, stdout } = await sending.ended;

    expect(status).toBe(1);
    expect(asked.size).toBe(CANARY);
    const paused = receiptShape.extend({ paused_reason: z.string() }).parse(JSON.parse(stdout));
    expect(paused).toMatchObject({ state: 'paused', rejected: CANARY, queued: READERS - CANARY });
    expect(paused.paused_reason).toContain('(100%, the limit is 10%), most often with: 550 5.7.1 Blocked.');

    await production.call('send', 'resume', paused.send);
    await until('everyone was tried', () => asked.size === READERS);
  },
);
