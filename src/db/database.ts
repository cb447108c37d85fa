import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { HOUR_MS, SECOND_MS } from '../clock.ts';
import { preparingPool } from './prepared.ts';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;
/** A function that must run inside a transaction takes this. Every `Tx` is a `Db`, not the reverse. */
export type Tx = Transaction<Schema>;

export interface Database {
  readonly db: Db;
  /** The same pool, for what speaks pg itself (BullMQ's migrations, advisory locks, the rate limiter). */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const INT8 = 20;
const INT8_ARRAY = 1016;

/** Row ids are int8 and stay below 2^53 for as long as anyone will live, so they are read as numbers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    if (oid === INT8_ARRAY)
      return (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number));
    return pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

export interface DatabaseOptions {
  readonly maxConnections?: number;
  /** Told of a connection that broke; the pool replaces it by itself, and whoever was using it gets the error too. */
  readonly onLostConnection?: (error: Error) => void;
}

/** Opens a pool; nothing connects until the first query. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: 'pressrun',
    // a connection keeps what was prepared on it, some for sends that are over
    maxLifetimeSeconds: HOUR_MS / SECOND_MS,
    types,
  });
  const onLost = options.onLostConnection ?? (() => {});
  // on each client, not on the pool alone: between two statements of a transaction a connection is nobody's
  // who listens, and its error would end the process
  const connected = new Set<pg.PoolClient>();
  pool.on('connect', (client) => {
    client.on('error', onLost);
    connected.add(client);
  });
  pool.on('remove', (client) => void connected.delete(client));
  pool.on('error', () => {});
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) });
  return {
    db,
    pool,
    async close() {
      await db.destroy();
      // Kysely ends only a pool that it has used
      if (!pool.ending) await pool.end();
      // the pool does not wait until its connections have ended: a server that is stopped right then would break them
      while (connected.size > 0) await new Promise((resolve) => pool.once('remove', resolve));
    },
  };
}
