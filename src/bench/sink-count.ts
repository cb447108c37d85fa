import { systemClock } from '../clock.ts';

/** What a sink has taken; a byte for each reader tells whether each of them is among the recipients. */
export class SinkCount {
  messages = 0;
  bytes = 0;
  readers = 0;
  first_at_ms: number | null = null;
  #seen = new Uint8Array(1 << 16);

  take(bytes: number, reader: number): void {
    this.first_at_ms ??= systemClock.now().getTime();
    this.messages += 1;
    this.bytes += bytes;
    if (reader >= this.#seen.length) this.#grow(reader);
    if (this.#seen[reader] === 1) return;
    this.#seen[reader] = 1;
    this.readers += 1;
  }

  #grow(reader: number): void {
    const larger = new Uint8Array(2 ** Math.ceil(Math.log2(reader + 1)));
    larger.set(this.#seen);
    this.#seen = larger;
  }
}
