import type { Generated } from 'kysely';

/** How fast mail may leave, shared by all workers. */

export interface AllowancesTable {
  name: string;
  next_at: Date;
  granted: Generated<number>;
}

export interface ThrottlesTable {
  provider: string;
  per_second: number;
  measured: number;
  halved_at: Date;
}

export interface PacesTable {
  provider: string;
  second: number;
  messages: number;
}
