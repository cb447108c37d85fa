import { createHmac } from 'node:crypto';
import { type Clock, SECOND_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { settleArrived } from '../delivery/settle-arrived.ts';
import type { Log } from '../log.ts';
import type { Arrival } from './arrival.ts';
import { networkOf } from './networks.ts';
import { dayOf, saltOfDay } from './salt-store.ts';
import { insertVisits, type NewVisit } from './visit-store.ts';

interface WriterParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
}

/** So that, with the writing itself, a process that is killed takes less than a second of counts with it. */
const FLUSH_MS = SECOND_MS / 2;
const ROWS_AT_ONCE = 1000;
/** Some 10 MB. What comes beyond, while the database is slow or away, is not counted. */
const MOST_WAITING = 20_000;
const AGENT_LETTERS = 300;
const VISITOR_BYTES = 16;

/**
 * Writes visits behind the answers to them: nobody waits for a count. They gather in memory and are written some at a time;
 * what cannot be written is dropped, with a line in the log, so that a database that is away costs counts and nothing else.
 */
export class VisitWriter {
  readonly #parts: WriterParts;
  #waiting: Arrival[] = [];
  /** Came while there was no room. */
  #turnedAway = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  /** Of the day that it was asked for; only one is ever held. */
  #salt: { readonly day: string; readonly bytes: Buffer } | null = null;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  add(arrival: Arrival): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#turnedAway += 1;
      return;
    }
    this.#waiting.push(arrival);
    if (this.#waiting.length >= ROWS_AT_ONCE) void this.#write();
    else this.#timer ??= setTimeout(() => this.#inTime(), FLUSH_MS);
  }

  #inTime(): void {
    this.#timer = null;
    void this.#write();
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.slice(0, ROWS_AT_ONCE);
      this.#waiting = this.#waiting.slice(ROWS_AT_ONCE);
      await this.#writeSome(taken).catch((error: unknown) => this.#drop(taken.length, error));
    }
    this.#sayWhatHadNoRoom();
  }

  async #writeSome(arrivals: readonly Arrival[]): Promise<void> {
    const { db } = this.#parts;
    const salt = await this.#saltOfToday();
    const arrived = await insertVisits(
      db,
      arrivals.map((arrival) => visitOf(arrival, salt)),
    );
    await settleArrived(db, arrived);
  }

  async #saltOfToday(): Promise<Buffer> {
    const day = dayOf(this.#parts.clock.now());
    if (this.#salt?.day !== day) this.#salt = { day, bytes: await saltOfDay(this.#parts.db, day) };
    return this.#salt.bytes;
  }

  /** With what waits behind them: it would fail in the same way, one connection's time-out after the other. */
  #drop(taken: number, error: unknown): void {
    const visits = taken + this.#waiting.length;
    this.#waiting = [];
    this.#parts.log.warn({ event: 'visits not counted', visits, err: error });
  }

  #sayWhatHadNoRoom(): void {
    if (this.#turnedAway === 0) return;
    const reason = 'they came faster than they can be written';
    this.#parts.log.warn({ event: 'visits not counted', visits: this.#turnedAway, reason });
    this.#turnedAway = 0;
  }
}

/** The address goes into the hash and the network's name, and no further. */
function visitOf({ at, target, method, address, agent, prefetch }: Arrival, salt: Buffer): NewVisit {
  return {
    at,
    kind: target.kind,
    method,
    send: target.send,
    link: target.kind === 'click' ? target.link : null,
    subscriber: target.subscriber,
    visitor: createHmac('sha256', salt).update(`${address}\0${agent}`).digest().subarray(0, VISITOR_BYTES),
    agent: agent.slice(0, AGENT_LETTERS),
    network: networkOf(address),
    prefetch,
  };
}
