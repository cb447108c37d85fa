import { type Clock, SECOND_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { Ending } from '../mail/attempt.ts';
import { asksForLess } from '../replies/slow-down.ts';
import { takeMessages, takeStretch } from './allowance-store.ts';
import { receiverOf } from './providers.ts';
import { LEAST_PER_SECOND, limitAt, WAVE_MS } from './throttle-steps.ts';
import { forgetLimit, slowDown, tellPaces } from './throttle-store.ts';

export interface ThrottleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
}

/** For so long a process goes by the limits that it has read. */
const COPY_MS = SECOND_MS;
/** Batches with held back readers come again one after another, so many milliseconds apart at most. */
const RETURN_MS = SECOND_MS / 2;
/** And none later, for a limit may be over by then. */
const RETURN_LATEST_MS = 60 * SECOND_MS;

/**
 * Sends less to the providers that ask for it, over all workers, and to nobody else. A limit is a row in Postgres; a
 * process without one in force asks one statement a second, and only while it sends.
 */
export class Throttle {
  readonly #deps: ThrottleDeps;
  /** Messages a second, by receiver. */
  #limits: ReadonlyMap<string, number> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  #answered = new Map<string, number>();
  /** When this process last had a receiver slowed down. */
  readonly #heeded = new Map<string, number>();
  readonly #heeding = new Set<Promise<void>>();

  constructor(deps: ThrottleDeps) {
    this.#deps = deps;
  }

  /** For one claim of a batch. */
  admission(): Admission {
    return new Admission(this.#deps.db, () => this.#fresh());
  }

  /** What became of a message. A limit that it asks for is in force a moment later: see {@link settled}. */
  heard(email: string, ending: Ending): void {
    if (ending.kind === 'lost') return;
    const receiver = receiverOf(email);
    this.#answered.set(receiver, (this.#answered.get(receiver) ?? 0) + 1);
    if (ending.kind === 'refused' && !ending.permanent && asksForLess(ending)) this.#heed(receiver);
  }

  /** Resolves when every limit that was asked for so far is in force. */
  async settled(): Promise<void> {
    await Promise.all(this.#heeding);
  }

  async #fresh(): Promise<ReadonlyMap<string, number>> {
    if (this.#now() - this.#readAt >= COPY_MS) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
    return this.#limits;
  }

  async #read(): Promise<void> {
    const limits = new Map<string, number>();
    for (const limit of await tellPaces(this.#deps.db, this.#takeAnswered())) {
      const perSecond = limitAt(limit, limit.now);
      if (perSecond !== null) limits.set(limit.provider, perSecond);
      else await this.#forget(limit);
    }
    this.#limits = limits;
    this.#readAt = this.#now();
  }

  /** Of the many domains with a message now and then nothing is told: they are below the least limit. */
  #takeAnswered() {
    const answered = this.#answered;
    this.#answered = new Map();
    return [...answered]
      .map(([provider, messages]) => ({ provider, messages }))
      .filter(({ messages }) => messages > LEAST_PER_SECOND);
  }

  async #forget(limit: Parameters<typeof forgetLimit>[1]): Promise<void> {
    await forgetLimit(this.#deps.db, limit);
    this.#deps.log.info({ event: 'throttle is over', provider: limit.provider });
  }

  #heed(receiver: string): void {
    if (this.#now() - (this.#heeded.get(receiver) ?? Number.NEGATIVE_INFINITY) < WAVE_MS) return;
    this.#heeded.set(receiver, this.#now());
    const heeding = this.#slowDown(receiver).finally(() => this.#heeding.delete(heeding));
    this.#heeding.add(heeding);
  }

  async #slowDown(provider: string): Promise<void> {
    const { db, log } = this.#deps;
    try {
      await this.#read();
      const limit = await slowDown(db, provider);
      this.#readAt = Number.NEGATIVE_INFINITY;
      if (limit) log.info({ event: 'throttle', provider, per_second: limit.per_second });
    } catch (error) {
      // the database is away: the next such reply tries again
      this.#heeded.delete(provider);
      log.warn({ event: 'throttle not written', provider, err: error });
    }
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}

/** Who of one batch may go now. What is granted to a reader who is then not mailed is lost. */
export class Admission {
  readonly #db: Db;
  readonly #limits: () => Promise<ReadonlyMap<string, number>>;
  /** Readers held back, by receiver; no more is asked for these. */
  readonly #held = new Map<string, number>();

  constructor(db: Db, limits: () => Promise<ReadonlyMap<string, number>>) {
    this.#db = db;
    this.#limits = limits;
  }

  /** For each address of a chunk, in order: may it be mailed now? The others are for another claim. */
  async admit(emails: readonly string[]): Promise<readonly boolean[]> {
    const limits = await this.#limits();
    if (limits.size === 0) return emails.map(() => true);
    const receivers = emails.map(receiverOf);
    const left = await this.#take(
      receivers.filter((receiver) => limits.has(receiver)),
      limits,
    );
    return receivers.map((receiver) => !limits.has(receiver) || this.#isNext(receiver, left));
  }

  /** How long until some of those held back may go: one batch after another, each finding a part. Null: none is held back. */
  async waitMs(): Promise<number | null> {
    const limits = await this.#limits();
    const waits: number[] = [];
    for (const [receiver, held] of this.#held) {
      const eachMs = SECOND_MS / (limits.get(receiver) ?? Number.POSITIVE_INFINITY);
      const apartMs = Math.min(held * eachMs, Math.max(RETURN_MS, eachMs));
      waits.push(apartMs + (await takeStretch(this.#db, `return ${receiver}`, apartMs, RETURN_LATEST_MS)));
    }
    return waits.length > 0 ? Math.min(...waits) : null;
  }

  async #take(
    receivers: readonly string[],
    limits: ReadonlyMap<string, number>,
  ): Promise<Map<string, number>> {
    const asked = [...Map.groupBy(receivers, (receiver) => receiver)]
      .filter(([receiver]) => !this.#held.has(receiver))
      .map(([receiver, all]) => ({
        name: `provider ${receiver}`,
        messages: all.length,
        per_second: limits.get(receiver) ?? LEAST_PER_SECOND,
      }));
    return asked.length > 0 ? takeMessages(this.#db, asked) : new Map();
  }

  #isNext(receiver: string, left: Map<string, number>): boolean {
    const name = `provider ${receiver}`;
    const granted = left.get(name) ?? 0;
    if (granted === 0) this.#held.set(receiver, (this.#held.get(receiver) ?? 0) + 1);
    else left.set(name, granted - 1);
    return granted > 0;
  }
}
