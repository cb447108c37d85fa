import { Readable } from 'node:stream';
import type { Handover } from './attempt.ts';

/**
 * The message as a stream whose end waits for the mark: nodemailer writes the final dot when the stream
 * ends, so nothing can be delivered before "handed over" is durable.
 */
export class MarkedBody extends Readable {
  /** The final dot is on its way. */
  ended = false;
  withheld = false;
  /** The mark itself failed (the database is away): nothing was sent. */
  failure: Error | null = null;
  readonly #raw: Buffer;
  readonly #mark: Handover['mark'];
  #pushed = false;
  /** Resolves when no mark is being taken (any more). */
  settled: Promise<void> = Promise.resolve();
  /** Rejects when the message is not to be sent after all: nodemailer does not tell of a stream that never ends. */
  readonly stopped: Promise<never>;
  #stop: (error: Error) => void = () => {};

  constructor(raw: Buffer, mark: Handover['mark']) {
    super({ highWaterMark: raw.length + 1 });
    this.#raw = raw;
    this.#mark = mark;
    this.stopped = new Promise((_resolve, reject) => {
      this.#stop = reject;
    });
    this.stopped.catch(() => {});
  }

  override _read(): void {
    if (this.#pushed) {
      this.settled = this.#finish();
    } else {
      this.#pushed = true;
      this.push(this.#raw);
    }
  }

  async #finish(): Promise<void> {
    try {
      if (await this.#mark()) {
        // a connection that broke meanwhile carries no dot any more
        this.ended = !this.destroyed;
        this.push(null);
        return;
      }
      this.withheld = true;
    } catch (error) {
      this.failure = error as Error;
    }
    this.#stop(new Error('message withheld'));
  }
}
