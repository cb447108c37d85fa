import { type Attempt, type Ending, type Handover, isEnding, type OutgoingMessage } from './attempt.ts';
import { lost, serverFault } from './verdict.ts';

/** Where a passage is told of: the connection that carries it now. */
interface Carrier {
  stir(): void;
}

/**
 * One message on its way through a pool, with its mark and the sender who waits. It outlives a connection: what
 * was not delivered for the connection's sake goes to another one, and takes its mark along.
 */
export class Passage {
  readonly message: OutgoingMessage;
  mark: 'unasked' | 'asked' | 'given' | 'denied' = 'unasked';
  /** The sender has been answered without an outcome: withheld, or the mark failed. Nothing of it may be written. */
  over = false;
  carrier: Carrier | null = null;
  readonly #handover: Handover;
  readonly #answer: (attempt: Attempt) => void;
  readonly #fail: (error: unknown) => void;
  /** Its outcome, known before its mark was durable. */
  #early: (() => void) | null = null;

  constructor(
    message: OutgoingMessage,
    handover: Handover,
    answer: (attempt: Attempt) => void,
    fail: (error: unknown) => void,
  ) {
    this.message = message;
    this.#handover = handover;
    this.#answer = answer;
    this.#fail = fail;
  }

  askMark(): void {
    this.mark = 'asked';
    this.#handover.mark().then(
      (given) => (given ? this.#marked() : this.#end(() => this.#answer({ kind: 'withheld' }))),
      (error) => this.#end(() => this.#fail(error)),
    );
  }

  /** By a fault of our own. */
  fail(error: unknown): void {
    this.over = true;
    this.#fail(error);
  }

  /** A server at fault is nobody's outcome, unless the mark says "handed over": then the row must hear that it was not. */
  meetFault(reason: string): void {
    if (this.over) return;
    if (this.mark === 'unasked') this.#answer(serverFault(reason));
    else this.settle(lost(false, reason), () => {});
  }

  /** @param settled called when the outcome is durable, or needs not be. */
  settle(attempt: Attempt, settled: () => void): void {
    this.carrier = null;
    // a row must not hear its outcome while its mark is still being written
    if (this.mark === 'asked') this.#early = () => this.#settleNow(attempt, settled);
    else this.#settleNow(attempt, settled);
  }

  #settleNow(attempt: Attempt, settled: () => void): void {
    if (!this.over && isEnding(attempt)) {
      this.#record(attempt, settled);
      return;
    }
    if (!this.over) this.#answer(attempt);
    settled();
  }

  #record(ending: Ending, settled: () => void): void {
    this.#handover.record(ending).then(
      () => {
        settled();
        this.#answer(ending);
      },
      (error) => {
        settled();
        this.#fail(error);
      },
    );
  }

  #marked(): void {
    this.mark = 'given';
    this.#goOn();
  }

  #end(tell: () => void): void {
    this.mark = 'denied';
    this.over = true;
    tell();
    this.#goOn();
  }

  #goOn(): void {
    const early = this.#early;
    this.#early = null;
    if (early) early();
    else this.carrier?.stir();
  }
}
