import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { SmtpServer } from '../config/smtp-url.ts';
import { Allowance, type AllowanceDeps } from './allowance.ts';

/** What the rates stand on; Postgres, that all workers share. */
export interface RateDeps {
  /** Messages a second over all servers; null: none. */
  readonly overall: number | null;
  readonly takeStretch: AllowanceDeps['takeStretch'];
  readonly pause?: AllowanceDeps['pause'];
}

/** What keeps to a rate of its own, or to none. */
interface Limited {
  readonly allowance: Allowance | null;
}

/** The rates that mail keeps to, over all workers on all hosts: one over all, and one of each server that has one. */
export class Rates {
  readonly #overall: Allowance | null;
  readonly #deps: AllowanceDeps;
  readonly #stopping = new AbortController();
  #isLimited: boolean;

  constructor({ overall, ...deps }: RateDeps, clock: Clock) {
    this.#deps = { pause: (ms) => pause(ms, this.#stopping.signal), ...deps, clock };
    this.#overall = overall === null ? null : new Allowance('all', overall, this.#deps);
    this.#isLimited = overall !== null;
  }

  /** Of a server's own rate; null: it has none. */
  allowanceOf(target: SmtpServer): Allowance | null {
    if (target.rate === null) return null;
    this.#isLimited = true;
    return new Allowance(nameOf(target), target.rate, this.#deps);
  }

  /** Is there any rate at all? */
  get isLimited(): boolean {
    return this.#isLimited;
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Those whose own rate lets one message more go, if the rate over all does too. */
  allowed<One extends Limited>(all: readonly One[]): readonly One[] {
    const allowed = all.filter(({ allowance }) => allowance === null || allowance.hasSome);
    // who has to wait is asked for ahead, or it would never have its turn beside one that need not
    for (const one of all) if (!allowed.includes(one)) one.allowance?.ask().catch(() => {});
    return this.#overall === null || this.#overall.hasSome ? allowed : [];
  }

  /** One message goes by one of those that are {@link allowed}. */
  use({ allowance }: Limited): void {
    this.#overall?.use();
    allowance?.use();
  }

  /** Resolves when one more may be allowed. A server's own rate first: what is taken of the one over all is then used at once. */
  async wait(all: readonly Limited[]): Promise<void> {
    const lacking = all.flatMap(({ allowance }) => (allowance && !allowance.hasSome ? [allowance] : []));
    if (lacking.length === all.length) await Promise.race(lacking.map((allowance) => allowance.ask()));
    else await this.#overall?.ask();
  }
}

/** Two accounts with one relay have a rate each. The user's name may be a key: it is not told. */
function nameOf({ host, port, auth }: SmtpServer): string {
  const user = auth && createHash('sha256').update(auth.user).digest('hex').slice(0, 8);
  return ['server', `${host}:${port}`, user].filter(Boolean).join(' ');
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await setTimeout(ms, undefined, { signal, ref: false }).catch(() => {});
}
