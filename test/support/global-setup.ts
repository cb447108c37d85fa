import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { ensureCluster, readPassword, urlOf } from '../../src/embedded/postgres-cluster.ts';
import { startPostgres, stopPostgres } from '../../src/embedded/postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A real Postgres for the whole run; databases are cloned from its migrated template. */
    postgresUrl: string;
  }
}

/** One Postgres server for the run, with a migrated template database that each test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-test-'));
  const cluster = await ensureCluster(path.join(directory, 'postgres'));
  const server = await startPostgres(cluster, {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '300',
  });
  const address = { port: server.port, password: await readPassword(cluster) };
  await makeTemplate(urlOf(address, 'postgres'), urlOf(address, 'template_pressrun'));
  project.provide('postgresUrl', urlOf(address, 'postgres'));

  return async () => {
    await stopPostgres(server.pid);
    await rm(directory, { recursive: true, force: true });
  };
}

async function makeTemplate(adminUrl: string, templateUrl: string): Promise<void> {
  const admin = openDatabase(adminUrl);
  await admin.pool.query('create database template_pressrun');
  await admin.close();
  const template = openDatabase(templateUrl);
  await migrate(template);
  await template.close();
}
