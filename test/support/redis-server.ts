import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';

export interface RedisServer {
  readonly url: string;
  readonly child: ChildProcess;
  close(): Promise<void>;
}

/** A real Redis of the caller's own on a free port, with nothing in it and nothing kept. */
export async function startRedis(program: string): Promise<RedisServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-redis-'));
  const port = await freePort();
  const options = [
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
    '--dir',
    directory,
  ];
  const child = spawn(program, ['--port', String(port), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => text.includes('Ready to accept connections') && resolve());
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`redis-server ended with ${status}`)));
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    child,
    async close() {
      child.kill();
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
