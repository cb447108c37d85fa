import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { freePort } from '../support/free-port.ts';
import { genericRequest } from '../support/generic-hook.ts';
import { kill, openProduction, type Production } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';

const READERS = 3000;
const EVENTS_IN_REQUEST = 10;
const REQUESTS = READERS / EVENTS_IN_REQUEST;

const redis = await redisForTests();
const key = randomBytes(32);
const port = await freePort();
let production: Production | null = null;
let database: Database | null = null;
afterAll(async () => {
  await database?.close();
  await production?.close();
});

/** Request `n` tells of complaints by ten readers; it is the same each time it is sent. */
function requestNumber(n: number): RequestInit {
  const events = Array.from({ length: EVENTS_IN_REQUEST }, (_, at) => {
    const reader = n * EVENTS_IN_REQUEST + at;
    return { type: 'complained', data: { id: `complaint ${reader}`, email: `reader${reader}@example.com` } };
  });
  return genericRequest(key, `request ${n}`, events);
}

/** Was it acknowledged? A connection that breaks acknowledges nothing. */
async function post(n: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/hooks/generic`, requestNumber(n));
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/** Sends requests, a few at a time, and answers those that were acknowledged. */
async function burst(numbers: readonly number[], onEach: (n: number) => void): Promise<number[]> {
  const waiting = [...numbers];
  const acknowledged: number[] = [];
  const lane = async () => {
    for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
      if (await post(n)) acknowledged.push(n);
      else await new Promise((resolve) => setTimeout(resolve, 100));
      onEach(n);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane(), lane(), lane()]);
  return acknowledged;
}

test.skipIf(redis === null)(
  'web and worker killed during a burst lose nothing that was acknowledged, and count nothing twice',
  { timeout: 240_000 },
  async () => {
    if (!redis) return;
    const secret = `whsec_${key.toString('base64')}`;
    production = await openProduction(
      redis,
      READERS,
      {},
      { PORT: String(port), GENERIC_HOOK_SECRET: secret },
    );
    database = openDatabase(production.databaseUrl);
    const { db } = database;
    const { startWeb, startWorker } = production;
    const web = await startWeb();
    let worker = await startWorker();
    const restartWeb = async () => {
      await startWeb();
    };

    const all = Array.from({ length: REQUESTS }, (_, n) => n);
    let sent = 0;
    const restarts: Promise<void>[] = [];
    const acknowledged = await burst(all, () => {
      sent += 1;
      if (sent === 60) {
        const restarted = kill(worker).then(async () => {
          worker = await startWorker();
        });
        restarts.push(restarted);
      }
      if (sent === 120) restarts.push(kill(web).then(restartWeb));
    });
    await Promise.all(restarts);
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(acknowledged.length).toBeLessThan(REQUESTS);

    const open = () => db.selectFrom('raw_events').select('id').where('processed_at', 'is', null).execute();
    await until('all that was acknowledged is processed', async () => (await open()).length === 0);
    const complained = async () => {
      const rows = await db
        .selectFrom('subscribers')
        .select('email')
        .where('status', '=', 'complained')
        .execute();
      return new Set(rows.map(({ email }) => email));
    };
    const told = acknowledged.flatMap((n) =>
      Array.from({ length: EVENTS_IN_REQUEST }, (_, at) => `reader${n * EVENTS_IN_REQUEST + at}@example.com`),
    );
    const changed = await complained();
    expect(told.filter((email) => !changed.has(email))).toEqual([]);

    // the provider sends everything again that was not acknowledged, and some that was; the worker dies once more
    const again = burst(all, (n) => {
      if (n === REQUESTS / 2) void kill(worker);
    });
    expect(await again).toHaveLength(REQUESTS);
    worker = await startWorker();
    await until('everything is processed', async () => (await open()).length === 0);
    expect(await complained()).toHaveLength(READERS);
    const histories = await db
      .selectFrom('subscriber_events')
      .select(['subscriber_id', ({ fn }) => fn.countAll<number>().as('count')])
      .where('event', '=', 'complained')
      .groupBy('subscriber_id')
      .execute();
    expect(histories.filter(({ count }) => count !== 1)).toEqual([]);
    expect(await db.selectFrom('feedback_events').select('id').execute()).toHaveLength(READERS);
  },
);
