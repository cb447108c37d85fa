import { type Clock, SECOND_MS } from '../clock.ts';
import type { SmtpServer } from '../config/smtp-url.ts';
import type { Attempt, Handover, OutgoingMessage } from '../mail/attempt.ts';
import { placesOf, SmtpPool } from '../mail/smtp-pool.ts';
import type { Allowance } from './allowance.ts';

const REST_FIRST_MS = SECOND_MS;
const REST_MOST_MS = 30 * SECOND_MS;
/** A server that answers none of all that it has for so long gets no more for now. */
const STUCK_MS = SECOND_MS;

/** One mail server, how it fares, and how much of the mail it has had. */
export class Server {
  readonly pool: SmtpPool;
  readonly places: number;
  /** Its part of the messages beside servers of other weights. */
  readonly weight: number;
  /** Of its own rate; null: it has none. */
  readonly allowance: Allowance | null;
  /** Why it last took no mail. */
  reason = '';
  /** Messages under way. */
  busy = 0;
  /** Messages that it has had, for its weight. */
  had = 0;
  #faults = 0;
  #restUntil = 0;
  #answeredAt = 0;
  readonly #clock: Clock;

  constructor(target: SmtpServer, allowance: Allowance | null, clock: Clock) {
    this.pool = new SmtpPool(target);
    this.places = placesOf(target);
    this.weight = target.weight;
    this.allowance = allowance;
    this.#clock = clock;
  }

  get isWell(): boolean {
    return this.#restUntil <= this.#now();
  }

  /** All its places are taken, and nothing comes back. */
  get isStuck(): boolean {
    return this.busy >= this.places && this.#now() - this.#answeredAt > STUCK_MS;
  }

  async send(message: OutgoingMessage, handover: Handover): Promise<Attempt> {
    if (this.busy === 0) this.#answeredAt = this.#now();
    this.busy += 1;
    try {
      const attempt = await this.pool.send(message, handover);
      if (attempt.kind === 'server fault') this.#rest(attempt.reason);
      else if (attempt.kind === 'accepted' || attempt.kind === 'refused') this.#faults = 0;
      return attempt;
    } finally {
      this.busy -= 1;
      this.#answeredAt = this.#now();
    }
  }

  /** Longer after each fault. */
  #rest(reason: string): void {
    // ten connections that fail at once are one fault
    if (!this.isWell) return;
    this.#restUntil = this.#now() + Math.min(REST_FIRST_MS * 2 ** this.#faults, REST_MOST_MS);
    this.#faults += 1;
    this.reason = reason;
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

/**
 * Whose turn it is. Servers of one weight: the least busy, so that the faster one takes more. Servers of different
 * weights: the one that has had least for its weight, so that the shares hold whichever is faster.
 */
export class Turns {
  readonly #byWeight: boolean;
  #latest = 0;

  constructor(targets: readonly SmtpServer[]) {
    this.#byWeight = new Set(targets.map(({ weight }) => weight)).size > 1;
  }

  next(servers: readonly Server[]): Server | undefined {
    const moving = servers.filter(({ isStuck }) => !isStuck);
    const next = (moving.length > 0 ? moving : servers).reduce<Server | undefined>(
      (best, server) => (best && !this.#isBefore(server, best) ? best : server),
      undefined,
    );
    if (next) this.#count(next);
    return next;
  }

  #isBefore(one: Server, other: Server): boolean {
    const load = this.#byWeight ? 0 : one.busy / one.places - other.busy / other.places;
    return load < 0 || (load === 0 && one.had < other.had);
  }

  /** One that comes back from its rest does not make up for what it has missed. */
  #count(server: Server): void {
    this.#latest = Math.max(server.had, this.#latest);
    server.had = this.#latest + 1 / server.weight;
  }
}
