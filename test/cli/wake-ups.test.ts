import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { receipt } from '../../src/delivery/receipt.ts';
import { holdSend } from '../../src/delivery/send-store.ts';
import { requireId, type SendId } from '../../src/ids.ts';
import { bringUp, call } from '../support/bring-up.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { TEST_SECRET } from '../support/press.ts';
import { receiptShape } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { startSink } from '../support/sink.ts';
import { until } from '../support/until.ts';
import { spawnCli } from './run-cli.ts';

const { db, url } = await testDatabase();
const redis = await redisForTests();
const sink = await startSink();
const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-wake-'));
const env = {
  DATABASE_URL: url,
  SMTP_URL: sink.url,
  APP_SECRET: TEST_SECRET,
  PUBLIC_URL: 'https://letters.example.com',
  LOG_LEVEL: 'warn',
  // whatever is worked in these tests was woken
  RECONCILE_SECONDS: '3600',
};
afterAll(async () => {
  await sink.stop();
  await rm(directory, { recursive: true });
});

await bringUp(env, directory, ['ada@example.com', 'full@example.com']);
const TOMORROW = new Date(Date.now() + 24 * 3600 * 1000).toISOString();

const queues: [string, Record<string, string> | null][] = [
  ['Postgres', {}],
  ['Redis', redis && { REDIS_URL: redis.url }],
];

/** Seven commands, one after the other. */
const LONG = { timeout: 180_000 };
const seen = (send: string) => receipt(db, requireId<SendId>('send', send));
const finished = (send: string) =>
  until(`${send} is finished`, async () => (await seen(send)).state === 'finished');

describe.each(queues)('with the queue on %s', (_name, queue) => {
  const here = { ...env, ...queue };
  const pressrun = async (...args: string[]) => receiptShape.parse(await call(args, here));

  test.skipIf(!queue)('what the command line gives workers to do, they do at once', LONG, async () => {
    const worker = spawnCli(['worker'], here);
    await worker.saw('Working');

    const { send } = await pressrun('send', 'short', '--again');
    await finished(send);
    const retry = await pressrun('send', 'retry', send);
    await finished(retry.send);

    const later = await pressrun('send', 'short', '--again', '--at', TOMORROW);
    await holdSend(db, requireId<SendId>('send', later.send), 'as if it could not be frozen');
    await pressrun('send', 'resume', later.send);
    await finished(later.send);
    expect(await seen(retry.send)).toMatchObject({ audience: 1, rejected: 1 });
    expect(await seen(later.send)).toMatchObject({ audience: 2, accepted: 1, rejected: 1 });

    worker.child.kill('SIGTERM');
    expect((await worker.ended).status).toBe(0);
  });
});

test('a queue that is away neither fails a send nor holds it up', async () => {
  const away = { ...env, REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
  const sent = await spawnCli(['send', 'short', '--again', '--json'], away).ended;
  expect(sent.json()).toMatchObject({ state: 'sending', audience: 2, queued: 2 });
  expect(sent.status).toBe(0);
  expect(sent.stderr.trim().split('\n')).toEqual([expect.stringContaining('wake-up lost')]);
});
