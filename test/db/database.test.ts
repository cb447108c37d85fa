import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();

test('a connection that breaks inside of a transaction fails it, and nothing else', async () => {
  const broken = db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db);
    // nobody waits for an answer while the connection ends
    await new Promise((resolve) => setTimeout(resolve, 200));
    await sql`select 1`.execute(tx);
  });
  await expect(broken).rejects.toThrow();
  expect((await sql`select 1`.execute(db)).rows).toHaveLength(1);
});

test('a database that was asked by its pool alone is closed too', async () => {
  const database = openDatabase(inject('postgresUrl'));
  await database.pool.query('select 1');
  await database.close();
  expect(database.pool.ended).toBe(true);
});
