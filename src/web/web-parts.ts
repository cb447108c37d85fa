import type pg from 'pg';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import type { Verifiers } from '../feedback/verifiers.ts';
import type { Log } from '../log.ts';
import type { HashAddress } from '../publications/installation.ts';
import type { Queues } from '../queue/queues.ts';
import type { Tokens } from '../tokens.ts';
import type { CaughtMailPages } from './desk/caught-mail.ts';
import type { GateSettings } from './hooks/hook-gate.ts';
import type { Limiter, Rates } from './limiter.ts';
import type { MailAfter } from './reader-mail.ts';
import type { Views } from './views.ts';

/** What the pages need; `main` hands it in. */
export interface WebParts {
  readonly db: Db;
  readonly pool: pg.Pool;
  readonly queues: Pick<Queues, 'add' | 'check'>;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly log: Log;
  /** What links in mail start with, without a slash at its end. */
  readonly publicUrl: string;
  /** The address that is listened on: caught mail is open without signing in on loopback only. */
  readonly host: string;
  readonly trustProxy: readonly string[];
  /** Is the way out open? Throws where it is not; null where this process knows of none. */
  readonly checkMail: (() => Promise<void>) | null;
  /** Whoever shows it may read /metrics; null: only somebody at the machine itself. */
  readonly metricsToken: string | null;
  /** Providers' hooks that are there, each with what verifies it. */
  readonly hooks: Verifiers;
  /** What a hook lets in; what is left out is as `hooks/hook-gate.ts` says. */
  readonly hookGate?: Partial<GateSettings>;
  readonly caughtMail: CaughtMailPages | null;
  readonly limits: Config['limits'];
  /** How often something may happen; what is left out is as `limiter.ts` says. */
  readonly rates?: Partial<Rates>;
}

/** The parts with what the pages share among themselves. */
export interface Web extends WebParts {
  readonly views: Views;
  readonly limiter: Limiter;
  readonly hashAddress: HashAddress;
  /** Runs a change that makes mail to a reader, then wakes the workers for it. */
  readonly mailAfter: MailAfter;
}
