import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { kill, openProduction, type Production } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { ANSWERS, isSigned, startReceiver } from '../webhooks/receiver.ts';

const redis = await redisForTests();
const receiver = await startReceiver();
let production: Production | null = null;
afterAll(async () => {
  await production?.close();
  await receiver.stop();
});

test.skipIf(redis === null)(
  'a worker killed between a call and its record loses nothing: another one makes the call again, with the same id',
  { timeout: 240_000 },
  async () => {
    if (!redis) return;
    production = await openProduction(redis, 3);
    const added = await production.call('webhook', 'add', receiver.url, '--events', 'subscriber.forgotten');
    const { secret } = z.object({ secret: z.string() }).parse(added);
    receiver.behave(ANSWERS.hang);
    const victim = await production.startWorker();
    await production.call('subscribers', 'forget', 'reader1@example.com');
    await until('the call came', () => receiver.received.length === 1);
    await kill(victim);
    receiver.behave(ANSWERS.fine);
    await production.startWorker();
    await until('it came again', () => receiver.received.length === 2);
    const [first, second] = receiver.received;
    expect(second?.id).toBe(first?.id);
    expect(second && isSigned(second, secret)).toBe(true);
    const { call } = production;
    await until('it is recorded', async () =>
      JSON.stringify(await call('webhook', 'log', 'w1')).includes('"state":"taken","attempts":2'),
    );
  },
);
