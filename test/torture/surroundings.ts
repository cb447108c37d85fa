import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { bringUp } from '../support/bring-up.ts';
import { startTorturePostgres, type TorturePostgres } from './postgres-server.ts';
import { startRedis, type TortureRedis } from './redis-server.ts';
import { startTortureSink, type TortureSink } from './sink.ts';
import { type TortureWorkers, torturedWorkers } from './workers.ts';

/** Everything a press in production stands on, real, on loopback, and ours to break. */
export interface Surroundings {
  readonly env: Record<string, string>;
  readonly database: Database;
  readonly postgres: TorturePostgres;
  /** Null: the queue is on Postgres too. */
  readonly redis: TortureRedis | null;
  readonly sink: TortureSink;
  readonly workers: TortureWorkers;
  /** Messages on their way on one connection of a worker. */
  readonly depth: number;
  /** Ends all of it, once, however often it is asked. */
  close(): Promise<void>;
}

export const WORKERS = 2;
/** Connections of one worker to the mail server. */
export const CONNECTIONS = 10;
/** Small, so that a short send has many of them. */
export const BATCH_SIZE = 100;
/** How long a worker that says nothing keeps its batch; a pause must be longer to be noticed. */
export const LEASE_SECONDS = 3;

export interface SurroundingsOptions {
  readonly readers: number;
  readonly depth: number;
  /** The mail server offers CHUNKING, so that several messages travel at once on a connection. */
  readonly chunking: boolean;
  readonly redisProgram: string | null;
  /** What the workers log goes here. */
  readonly logs: string | null;
}

export async function openSurroundings(options: SurroundingsOptions): Promise<Surroundings> {
  const closers: (() => unknown)[] = [];
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      for (const step of closers.reverse()) await step();
    })();
    return closing;
  };
  try {
    const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-torture-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const postgres = await startTorturePostgres(directory);
    closers.push(postgres.stop);
    const redis = options.redisProgram ? await startRedis(options.redisProgram, directory) : null;
    if (redis) closers.push(redis.stop);
    const sink = await startTortureSink(options);
    closers.push(sink.close);
    const env = environmentOf(postgres, redis, sink, directory, options.depth);
    await bringUp(env, directory, readersOf(options.readers));
    const log = options.logs ? openSync(options.logs, 'a') : ('ignore' as const);
    if (log !== 'ignore') closers.push(() => closeSync(log));
    const database = openDatabase(postgres.url, { maxConnections: 3 });
    closers.push(database.close);
    const workers = torturedWorkers(env, log);
    closers.push(workers.close);
    await Promise.all(Array.from({ length: WORKERS }, workers.start));
    return { env, database, postgres, redis, sink, workers, depth: options.depth, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function environmentOf(
  postgres: TorturePostgres,
  redis: TortureRedis | null,
  sink: TortureSink,
  directory: string,
  depth: number,
): Record<string, string> {
  return {
    DATABASE_URL: postgres.url,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    SMTP_URL: `smtp://127.0.0.1:${sink.port}?connections=${CONNECTIONS}&depth=${depth}`,
    PUBLIC_URL: 'https://letters.example.com',
    APP_SECRET: randomBytes(32).toString('hex'),
    DATA_DIR: path.join(directory, 'must-not-be-made'),
    LEASE_SECONDS: String(LEASE_SECONDS),
    RECONCILE_SECONDS: '1',
    UNKNOWN_WAIT_SECONDS: '1',
    BATCH_SIZE: String(BATCH_SIZE),
    LOG_LEVEL: 'warn',
  };
}

/** The sink answers by address: of a hundred, one is refused at RCPT, one at the final dot, two are greylisted. */
function readersOf(count: number): string[] {
  const kinds: Readonly<Record<number, string>> = { 7: 'full', 23: 'spam', 41: 'grey', 77: 'grey' };
  return Array.from({ length: count }, (_, n) => `${kinds[n % 100] ?? 'reader'}${n}@example.com`);
}
