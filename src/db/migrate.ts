import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { Fault } from '../result.ts';
import type { Database, Db } from './database.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
const OLDEST_POSTGRES = 14;

/**
 * Brings the database up to date: our tables, the queue's, and the installation's own row. Safe to run
 * from several processes at once (each migrator holds a lock) and on a database that is up to date.
 *
 * @returns the names of the migrations that ran.
 * @throws {Fault} `old_postgres`, or `migration_failed` with the server's word; nothing half-done stays.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  await requirePostgresVersion(database.db);
  const migrator = new Migrator({ db: database.db, provider: { getMigrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) {
    const failed =
      results?.find((result) => result.status === 'Error')?.migrationName ?? 'the list of migrations';
    throw new Fault('migration_failed', `Migration failed at ${failed}: ${messageOf(error)}.`, 'failure');
  }
  await migrateQueue(database);
  await ensureInstallation(database.db);
  return (results ?? []).map((result) => result.migrationName);
}

/** The names of migrations that a database still lacks; `web` and `worker` refuse to run on such a one. */
export async function missingMigrations(db: Db): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations } });
  const all = await migrator.getMigrations();
  return all.filter((migration) => !migration.executedAt).map((migration) => migration.name);
}

async function getMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort();
  const entries = files.map(async (file): Promise<[string, Migration]> => {
    const text = await readFile(new URL(file, MIGRATIONS), 'utf8');
    return [file.replace(/\.sql$/, ''), { up: async (db) => void (await sql.raw(text).execute(db)) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** BullMQ's tables live in a schema of their own, `bullmq`; without Redis the queue is there. */
async function migrateQueue({ pool }: Database): Promise<void> {
  // loaded when first needed: most commands find a database that is up to date, and add nothing to the queue
  const { runMigrations: runQueueMigrations } = await import('bullmq');
  const client = await pool.connect();
  try {
    await runQueueMigrations(client);
  } finally {
    client.release();
  }
}

async function ensureInstallation(db: Db): Promise<void> {
  await db
    .insertInto('installation')
    .values({ address_salt: randomBytes(32) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function requirePostgresVersion(db: Db): Promise<void> {
  const { rows } = await sql<{
    version: string;
  }>`select current_setting('server_version') as version`.execute(db);
  const version = rows[0]?.version ?? '';
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
    throw new Fault(
      'old_postgres',
      `Postgres ${version} is too old: pressrun needs ${OLDEST_POSTGRES} or newer.`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
