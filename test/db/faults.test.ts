import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { mayWorkLater } from '../../src/db/faults.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';

const { db } = await testDatabase();
await sql`create table pair (id integer primary key, touched integer not null default 0)`.execute(db);
await sql`insert into pair values (1), (2)`.execute(db);

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error) => error,
  );

/** Two transactions that take the same two rows in opposite order; answers the fault of the one that lost. */
async function deadlock(): Promise<unknown> {
  const both = Promise.withResolvers<void>();
  let arrived = 0;
  const touch = (tx: Db, id: number) =>
    sql`update pair set touched = touched + 1 where id = ${id}`.execute(tx);
  const walk = (first: number, second: number) =>
    db.transaction().execute(async (tx) => {
      await sql`set local deadlock_timeout = '50ms'`.execute(tx);
      await touch(tx, first);
      arrived += 1;
      if (arrived === 2) both.resolve();
      await both.promise;
      await touch(tx, second);
    });
  const faults = await Promise.all([faultOf(walk(1, 2)), faultOf(walk(2, 1))]);
  return faults.find((fault) => fault !== null);
}

test('a transaction that lost a deadlock may work when it is tried again', async () => {
  expect(mayWorkLater(await deadlock())).toBe(true);
});

test('a server that is not there may be there later', async () => {
  const nobody = openDatabase(`postgres://nobody@127.0.0.1:${await freePort()}/none`);
  expect(mayWorkLater(await faultOf(sql`select 1`.execute(nobody.db)))).toBe(true);
  await nobody.close();
});

test('a statement that is wrong will be wrong again', async () => {
  expect(mayWorkLater(await faultOf(sql`insert into pair values (1)`.execute(db)))).toBe(false);
  expect(mayWorkLater(await faultOf(sql`select nonsense`.execute(db)))).toBe(false);
});
