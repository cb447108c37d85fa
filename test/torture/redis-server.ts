import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { freePort } from '../support/free-port.ts';

/** A real redis-server that can be emptied, killed and started anew on its port, empty. */
export interface TortureRedis {
  readonly url: string;
  flush(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Kills it for good. */
  stop(): Promise<void>;
}

export async function startRedis(program: string, directory: string): Promise<TortureRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const settings = { port, bind: '127.0.0.1', dir: directory, save: '', 'maxmemory-policy': 'noeviction' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let child: ChildProcess | null = null;
  let over = false;
  const redis: TortureRedis = {
    url,
    flush: () => ask(url, (client) => client.flushall()),
    async kill() {
      if (!child) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      child = null;
    },
    async stop() {
      over = true;
      await redis.kill();
    },
    async start() {
      if (over) return;
      child = spawn(program, args, { stdio: 'ignore' });
      await ask(url, (client) => client.ping());
    },
  };
  await redis.start();
  return redis;
}

async function ask(url: string, command: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 200 });
  client.on('error', () => {});
  await command(client).finally(() => client.disconnect());
}
