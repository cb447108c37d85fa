import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { freePort } from '../support/free-port.ts';
import { genericRequest } from '../support/generic-hook.ts';
import { openProduction, type Production } from '../support/production.ts';
import { redisForTests } from '../support/redis.ts';
import { until } from '../support/until.ts';

const ARRAYS = 100;
const EVENTS_IN_ARRAY = 1000;
/** As many at once as a provider opens connections. */
const LANES = 10;
/** Of the burst's 55 MB, and several times that when parsed, hardly anything stays: a heap that breathes is allowed for. */
const ROOM_MB = 100;

const redis = await redisForTests();
const key = randomBytes(32);
const port = await freePort();
let production: Production | null = null;
let database: Database | null = null;
afterAll(async () => {
  await database?.close();
  await production?.close();
});

/** As much as SendGrid says of an event. */
const PADDING = 'x'.repeat(450);

function arrayNumber(n: number): RequestInit {
  const events = Array.from({ length: EVENTS_IN_ARRAY }, (_, at) => ({
    type: at % 100 === 0 ? 'blocked' : 'delivered',
    data: {
      id: `event ${n} ${at}`,
      email: `reader${at}@example.com`,
      reply: '250 2.0.0 OK',
      padding: PADDING,
    },
  }));
  return genericRequest(key, `array ${n}`, events);
}

/** The highest memory that a process has ever had (VmHWM), in MB. */
function peakMb(pid: number | undefined): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

test.skipIf(redis === null || process.platform !== 'linux')(
  '100,000 events in arrays of 1,000 are taken and processed in little memory',
  { timeout: 240_000 },
  async () => {
    if (!redis) return;
    const secret = `whsec_${key.toString('base64')}`;
    production = await openProduction(
      redis,
      EVENTS_IN_ARRAY,
      {},
      {
        PORT: String(port),
        GENERIC_HOOK_SECRET: secret,
      },
    );
    database = openDatabase(production.databaseUrl);
    const { db } = database;
    const [web, worker] = [await production.startWeb(), await production.startWorker()];
    const memory = () => [peakMb(web.child.pid), peakMb(worker.child.pid)] as const;
    const open = () => db.selectFrom('raw_events').select('id').where('processed_at', 'is', null).execute();
    const take = async (from: number, to: number) => {
      const waiting = Array.from({ length: to - from }, (_, n) => from + n);
      const statuses = new Set<number>();
      const lane = async () => {
        for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
          const answer = await fetch(`http://127.0.0.1:${port}/hooks/generic`, arrayNumber(n));
          statuses.add(answer.status);
          await answer.arrayBuffer();
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      expect([...statuses]).toEqual([200]);
      await until('everything is processed', async () => (await open()).length === 0);
    };
    await take(0, ARRAYS / 4);
    const before = memory();
    await take(ARRAYS / 4, ARRAYS);
    const grown = memory().map((mb, at) => Math.round(mb - (before[at] ?? 0)));

    const blocked = await db
      .selectFrom('feedback_events')
      .select('id')
      .where('meaning', '=', 'policy block')
      .execute();
    expect(blocked).toHaveLength((ARRAYS * EVENTS_IN_ARRAY) / 100);
    expect(Math.max(...grown)).toBeLessThan(ROOM_MB);
  },
);
