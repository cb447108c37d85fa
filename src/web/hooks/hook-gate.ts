import { RateLimiterMemory } from 'rate-limiter-flexible';
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';

/** What one body may have. SNS sends 256 KB at most, SparkPost the largest batches: some MB. */
export const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

export interface GateSettings {
  /** Bodies that are being read or written down, all together: what a flood may take of the memory. */
  readonly bytes: number;
  /** And those of one network, so that it cannot shut out the others. */
  readonly bytesOfNetwork: number;
  readonly requests: number;
  /** Forged, late and malformed ones that one network may send in a minute. */
  readonly refusedInMinute: number;
  /** Requests that were there already: providers repeat what was not answered, and not more. */
  readonly repeatedInMinute: number;
}

const DEFAULTS: GateSettings = {
  bytes: 64 * 1024 * 1024,
  bytesOfNetwork: 32 * 1024 * 1024,
  requests: 4000,
  refusedInMinute: 120,
  repeatedInMinute: 3000,
};

/** Lets a request go; more than once is as once. */
export type Leave = () => void;

/**
 * Decides before a body is read whether there is room for it. Kept in this process's memory: it must cost nothing, and
 * what it protects is this process.
 */
export class HookGate {
  readonly #settings: GateSettings;
  readonly #refused: RateLimiterMemory;
  readonly #repeated: RateLimiterMemory;
  readonly #bytesOf = new Map<string, number>();
  #bytes = 0;
  #requests = 0;

  constructor(settings: Partial<GateSettings> = {}) {
    this.#settings = { ...DEFAULTS, ...settings };
    const duration = MINUTE_MS / SECOND_MS;
    this.#refused = new RateLimiterMemory({ points: this.#settings.refusedInMinute, duration });
    this.#repeated = new RateLimiterMemory({ points: this.#settings.repeatedInMinute, duration });
  }

  /** The way out again, or the seconds to wait. */
  async enter(network: string, bytes: number): Promise<Leave | number> {
    const wait = Math.max(await used(this.#refused, network), await used(this.#repeated, network));
    if (wait > 0) return wait;
    const { requests, bytes: most, bytesOfNetwork } = this.#settings;
    const ofNetwork = this.#bytesOf.get(network) ?? 0;
    if (this.#requests >= requests || this.#bytes + bytes > most || ofNetwork + bytes > bytesOfNetwork)
      return 1;
    this.#take(network, 1, bytes);
    let inside = true;
    return () => {
      if (inside) this.#take(network, -1, -bytes);
      inside = false;
    };
  }

  countRefused(network: string): Promise<void> {
    return count(this.#refused, network);
  }

  countRepeated(network: string): Promise<void> {
    return count(this.#repeated, network);
  }

  #take(network: string, requests: number, bytes: number): void {
    this.#requests += requests;
    this.#bytes += bytes;
    const ofNetwork = (this.#bytesOf.get(network) ?? 0) + bytes;
    if (ofNetwork > 0) this.#bytesOf.set(network, ofNetwork);
    else this.#bytesOf.delete(network);
  }
}

/** Seconds until it may go on; 0: now. */
async function used(limiter: RateLimiterMemory, network: string): Promise<number> {
  const state = await limiter.get(network);
  return state && state.consumedPoints >= limiter.points
    ? Math.max(1, Math.ceil(state.msBeforeNext / SECOND_MS))
    : 0;
}

/** Beyond the limit the library throws its answer, which nobody needs here. */
async function count(limiter: RateLimiterMemory, network: string): Promise<void> {
  await limiter.consume(network).catch(() => {});
}
