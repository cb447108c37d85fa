import pg from 'pg';
import { SECOND_MS } from '../clock.ts';

/**
 * Who uses a data directory, told by advisory locks that a connection of its own holds (in the database
 * `postgres`, where nobody else takes any): the kernel closes the connection when a process dies, `kill -9`
 * included, and Postgres then lets go of its locks.
 *
 * - users: every process holds it shared; the last one out holds it alone while it stops the server.
 * - start: the one `start` holds it.
 */
const NAMESPACE = 0x70726573;
const USERS = 1;
const START = 2;

/** What a connection gets from a server that is not there yet, or just going (Postgres: Error Codes, class 57). */
const PASSING = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'];

export class UsersLock {
  /** Resolves when the connection broke without {@link close}: the server is gone, or all but gone. */
  readonly lost: Promise<void>;
  readonly #client: pg.Client;
  #closing = false;

  private constructor(client: pg.Client) {
    this.#client = client;
    this.lost = new Promise((resolve) => {
      client.on('error', () => {});
      client.on('end', () => {
        if (!this.#closing) resolve();
      });
    });
  }

  /** @returns null where the server is starting, stopping, or being stopped by the last one out: try again. */
  static async join(url: string): Promise<UsersLock | null> {
    const client = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: 10 * SECOND_MS,
      query_timeout: 30 * SECOND_MS,
      application_name: 'pressrun users',
    });
    const lock = new UsersLock(client);
    try {
      await client.connect();
      if (await lock.#take('pg_try_advisory_lock_shared', USERS)) return lock;
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await lock.close();
    return null;
  }

  /** @returns false where another process holds it. */
  takeStart(): Promise<boolean> {
    return this.#take('pg_try_advisory_lock', START);
  }

  async startIsHeld(): Promise<boolean> {
    const { rows } = await this.#client.query<{ held: boolean }>(
      `select exists (select from pg_locks where locktype = 'advisory' and granted
         and classid = $1::bigint::oid and objid = $2::bigint::oid) as held`,
      [NAMESPACE, START],
    );
    return rows[0]?.held === true;
  }

  async ensureDatabase(name: string): Promise<void> {
    const { rowCount } = await this.#client.query('select from pg_database where datname = $1', [name]);
    if (rowCount) return;
    await this.#client.query(`create database ${pg.escapeIdentifier(name)}`).catch(ifMadeMeanwhile);
  }

  /** Gives up every lock. @returns true where nobody else is left: newcomers now wait until {@link close}. */
  async leave(): Promise<boolean> {
    this.#closing = true;
    await this.#client.query('select pg_advisory_unlock_all()');
    return this.#take('pg_try_advisory_lock', USERS);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#client.end().catch(() => {});
  }

  async #take(how: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared', which: number): Promise<boolean> {
    const { rows } = await this.#client.query<{ taken: boolean }>(`select ${how}($1, $2) as taken`, [
      NAMESPACE,
      which,
    ]);
    return rows[0]?.taken === true;
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return PASSING.includes(code) || error.message === 'Connection terminated unexpectedly';
}

/** Two made it at once: one of them is told so, by one of two codes. */
function ifMadeMeanwhile(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== '42P04' && code !== '23505') throw error;
}
