import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { freePort } from './free-port.ts';
import { findProgram } from './require.ts';

export interface TestRedis {
  readonly url: string;
}

/** A real redis-server of this file's own on a free port, as a press needs it (noeviction); null where none is installed. */
export async function redisForTests(): Promise<TestRedis | null> {
  const program = findProgram('redis-server', 'valkey-server');
  if (program === null) return null;
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-redis-'));
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
  ];
  const server = spawn(program, args, { stdio: 'ignore' });
  afterAll(async () => {
    server.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const url = `redis://127.0.0.1:${port}`;
  await ready(url);
  return { url };
}

async function ready(url: string): Promise<void> {
  const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  redis.on('error', () => {});
  await redis.ping();
  redis.disconnect();
}
