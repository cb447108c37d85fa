import { randomBytes } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';

export interface TestDatabase extends Database {
  readonly url: string;
}

/**
 * A migrated, empty database of this file's own on the run's real Postgres, dropped when the file ends.
 * Call it at the top of a test file, outside of a test.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase(inject('postgresUrl'), { maxConnections: 1 });
  await cloneTemplate(admin, name);
  const url = inject('postgresUrl').replace(/\/postgres$/, `/${name}`);
  const database = openDatabase(url);
  afterAll(async () => {
    await database.close();
    await admin.pool.query(`drop database if exists ${name} with (force)`);
    await admin.close();
  });
  return { ...database, url };
}

/** Postgres copies a template only while nobody else is connected to it, a clone under way included. */
async function cloneTemplate(admin: Database, name: string): Promise<void> {
  const client = await admin.pool.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('template_pressrun'))`);
    await client.query(`create database ${name} template template_pressrun strategy file_copy`);
    await client.query(`select pg_advisory_unlock(hashtext('template_pressrun'))`);
  } finally {
    client.release();
  }
}
