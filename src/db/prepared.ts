import {
  type PostgresCursor,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  type RawBuilder,
  sql,
} from 'kysely';
import type pg from 'pg';

const NAMED = /^\/\* prepared: (.+?) \*\//;

/**
 * Begins a statement that is parsed and planned once on each connection and kept there under a name: for the few whose
 * planning costs more than their work. One name stands for one text, and the plan must not hang on its values, nor
 * on how large the tables were when it was made.
 */
export function prepared(name: string): RawBuilder<unknown> {
  return sql.raw(`/* prepared: ${name} */`);
}

/** The pool as Kysely uses it; what begins with {@link prepared} is sent under its name. */
export function preparingPool(pool: pg.Pool): PostgresPool {
  return {
    connect: async () => new PreparingClient(await pool.connect()),
    end: () => pool.end(),
    options: pool.options,
  };
}

class PreparingClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  query(statement: string | PostgresCursor<unknown>, values: readonly unknown[] = []): unknown {
    if (typeof statement !== 'string') throw new Error('no cursors here');
    const name = NAMED.exec(statement)?.[1];
    const given = [...values];
    return name === undefined
      ? this.#client.query(statement, given)
      : this.#client.query({ name, text: statement, values: given });
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }
}
