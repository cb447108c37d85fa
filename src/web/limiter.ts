import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Tokens } from '../tokens.ts';

/** How often something may happen for one key. */
interface Rate {
  readonly points: number;
  readonly windowMs: number;
}

/** Each may be set by its own; a test or an installation with other readers changes one. */
export interface Rates {
  /** Sign-ups of one address: a mailbox is not flooded with confirm mails. */
  readonly signUpAddress: Rate;
  /** Sign-ups from one network (IPv4 /24, IPv6 /48). */
  readonly signUpPrefix: Rate;
  /** Sign-ups for one mail domain: a company's server is not flooded through many of its addresses. */
  readonly signUpDomain: Rate;
  /** Tries to sign in to one account from one network. */
  readonly signInAccount: Rate;
  readonly signInPrefix: Rate;
  /** A second send of one issue to everyone: a form that is sent twice sends once. */
  readonly secondSend: Rate;
}

const DEFAULTS: Rates = {
  signUpAddress: { points: 4, windowMs: HOUR_MS },
  signUpPrefix: { points: 60, windowMs: HOUR_MS },
  signUpDomain: { points: 600, windowMs: HOUR_MS },
  signInAccount: { points: 8, windowMs: 15 * MINUTE_MS },
  signInPrefix: { points: 60, windowMs: 15 * MINUTE_MS },
  secondSend: { points: 1, windowMs: HOUR_MS },
};

export type LimitKeys = readonly (readonly [keyof Rates, string])[];

export interface Limiter {
  /** Counts one more for each key. The seconds to wait where one is used up, else null. */
  consume(keys: LimitKeys): Promise<number | null>;
  /** Forgets what was counted, after a success. */
  forgive(keys: LimitKeys): Promise<void>;
}

/**
 * Counters in Postgres, so that any number of web hosts share them. The keys are MACs: the table holds
 * no address of anyone.
 */
export function createLimiter(pool: pg.Pool, tokens: Tokens, settings: Partial<Rates> = {}): Limiter {
  const rates = { ...DEFAULTS, ...settings };
  const open = (name: keyof Rates) =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix: name,
      points: rates[name].points,
      duration: rates[name].windowMs / SECOND_MS,
    });
  const limiters: Record<keyof Rates, RateLimiterPostgres> = {
    signUpAddress: open('signUpAddress'),
    signUpPrefix: open('signUpPrefix'),
    signUpDomain: open('signUpDomain'),
    signInAccount: open('signInAccount'),
    signInPrefix: open('signInPrefix'),
    secondSend: open('secondSend'),
  };
  const hidden = (key: string) => tokens.mac('limit', key);

  return {
    async consume(keys) {
      for (const [name, key] of keys) {
        const wait = await consumeOne(limiters[name], hidden(key));
        if (wait !== null) return wait;
      }
      return null;
    },
    async forgive(keys) {
      await Promise.all(keys.map(([name, key]) => limiters[name].delete(hidden(key))));
    },
  };
}

/** The library throws its answer when the limit is reached, and an Error when the database fails. */
async function consumeOne(limiter: RateLimiterPostgres, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / SECOND_MS));
    throw refusal;
  }
}
