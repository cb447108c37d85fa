import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../src/db/database.ts';
import { type RunningCli, spawnCli } from '../cli/run-cli.ts';
import { bringUp, call } from './bring-up.ts';
import type { TestRedis } from './redis.ts';
import { type Sink, type SinkOptions, startSink } from './sink.ts';

export const receiptShape = z.object({
  send: z.string(),
  state: z.string(),
  audience: z.number(),
  queued: z.number(),
  accepted: z.number(),
  rejected: z.number(),
  deferred: z.number(),
  suppressed: z.number(),
  left: z.number(),
  unknown: z.number(),
});

/** Connections of one worker to the mail server. */
export const CONNECTIONS = 10;
/** design: at most twice the connections are marked or on their way, for each worker that is killed. */
export const COPIES_PER_KILL = 2 * CONNECTIONS;

/** Where workers are killed: what a dead one had is taken over soon, and a living one that is slow keeps what it has. */
export const TAKEN_OVER_SOON = { LEASE_SECONDS: '10' };

/** An operator's surroundings: an empty Postgres, a Redis and a mail server, with a press brought up on them. */
export interface Production {
  readonly sink: Sink;
  readonly databaseUrl: string;
  startWorker(): Promise<RunningCli>;
  /** Pages and hooks, at the PORT that was given. */
  startWeb(): Promise<RunningCli>;
  /** `send --wait`, running. */
  send(): RunningCli;
  /** Another command, run to its end: what its `--json` prints. */
  call(...args: string[]): Promise<unknown>;
  /** Addresses that got nothing, and those that got more than one copy. */
  count(): { readonly lost: string[]; readonly copies: number };
  close(): Promise<void>;
}

/** @param more variables of the environment. */
export async function openProduction(
  redis: TestRedis,
  size: number,
  mailServer: SinkOptions = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Production> {
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-production-'));
  const database = await createEmptyDatabase();
  const sink = await startSink(mailServer);
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    SMTP_URL: `${sink.url}?connections=${CONNECTIONS}`,
    PUBLIC_URL: 'https://letters.example.com',
    APP_SECRET: randomBytes(32).toString('hex'),
    DATA_DIR: path.join(directory, 'must-not-be-made'),
    RECONCILE_SECONDS: '1',
    UNKNOWN_WAIT_SECONDS: '1',
    LOG_LEVEL: 'warn',
    ...more,
  };
  const readers = Array.from({ length: size }, (_, index) => `reader${index}@example.com`);
  const processes: RunningCli[] = [];
  const start = (args: string[]): RunningCli => {
    const started = spawnCli(args, env);
    processes.push(started);
    return started;
  };
  await bringUp(env, directory, readers);
  return {
    sink,
    databaseUrl: database.url,
    async startWeb() {
      const web = start(['web']);
      await web.saw('listening on');
      return web;
    },
    async startWorker() {
      const worker = start(['worker']);
      await worker.saw('Working');
      return worker;
    },
    send: () => start(['send', 'short', '--wait', '--json']),
    call: (...args) => call(args, env),
    count: () => countCopies(sink, readers),
    async close() {
      await Promise.all(processes.map(kill));
      await sink.stop();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** As a machine that fails does: nothing of the process's own runs any more. */
export async function kill({ child, ended }: RunningCli): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `production_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase(inject('postgresUrl'), { maxConnections: 1 });
  await admin.pool.query(`create database ${name}`);
  return {
    url: inject('postgresUrl').replace(/\/postgres$/, `/${name}`),
    async drop() {
      await admin.pool.query(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}

function countCopies(sink: Sink, readers: readonly string[]): { lost: string[]; copies: number } {
  const got = new Set(sink.recipients());
  return { lost: readers.filter((email) => !got.has(email)), copies: sink.taken.length - got.size };
}
