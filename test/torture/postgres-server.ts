import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/db/database.ts';
import { ensureCluster, readPassword, urlOf } from '../../src/embedded/postgres-cluster.ts';
import { startPostgres, stopPostgres } from '../../src/embedded/postgres-server.ts';
import { isRunning, signalProcess } from '../../src/embedded/postmaster.ts';
import { freePort } from '../support/free-port.ts';

/** A real Postgres of the harness's own that can be shut down the hard ways and comes back on its port. */
export interface TorturePostgres {
  readonly url: string;
  /** `fast` ends sessions and writes everything; `immediate` is a crash, and the next start reads the log. */
  down(how: 'fast' | 'immediate'): Promise<void>;
  up(): Promise<void>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

// what is committed survives a crash of Postgres without fsync; only a crash of the machine would lose it
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export async function startTorturePostgres(directory: string): Promise<TorturePostgres> {
  const cluster = await ensureCluster(path.join(directory, 'postgres'));
  const port = await freePort();
  const settings = { ...SETTINGS, port: String(port) };
  let server = await startPostgres(cluster, settings);
  let starting: Promise<unknown> = Promise.resolve();
  let over = false;
  const address = { port, password: await readPassword(cluster) };
  const admin = openDatabase(urlOf(address, 'postgres'), { maxConnections: 1 });
  await admin.pool.query('create database torture');
  await admin.close();
  return {
    url: urlOf(address, 'torture'),
    async down(how) {
      signalProcess(server.pid, SIGNALS[how]);
      while (isRunning(server.pid)) await sleep(20);
    },
    async up() {
      if (over) return;
      const started = startPostgres(cluster, settings);
      starting = started.catch(() => {});
      server = await started;
    },
    async stop() {
      over = true;
      await starting;
      await stopPostgres(server.pid);
    },
  };
}
