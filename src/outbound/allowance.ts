import { type Clock, SECOND_MS } from '../clock.ts';

/** What a rate that all workers share needs. */
export interface AllowanceDeps {
  readonly clock: Clock;
  /** Takes the next free stretch of the rate's time; answers in how many milliseconds it begins. */
  takeStretch(name: string, stretchMs: number): Promise<number>;
  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<void>;
}

/** A worker takes messages for so long at once: rarely enough to cost nothing, often enough to share fairly. */
const STRETCH_MS = SECOND_MS / 5;
/** What was not used by then is lost; else a worker that had nothing to send would save up a burst. */
const KEEP_MS = 5 * SECOND_MS;

/** The messages of one rate that this process may send just now. */
export class Allowance {
  readonly #name: string;
  readonly #perSecond: number;
  readonly #deps: AllowanceDeps;
  #left = 0;
  #keepUntil = 0;
  #size = 0;
  #asking: Promise<void> | null = null;

  constructor(name: string, perSecond: number, deps: AllowanceDeps) {
    this.#name = name;
    this.#perSecond = perSecond;
    this.#deps = deps;
  }

  get hasSome(): boolean {
    return this.#left > 0 && this.#now() <= this.#keepUntil;
  }

  /** One message of those that it {@link hasSome} of. */
  use(): void {
    this.#left -= 1;
  }

  /** Resolves when there may be some again; whoever asks meanwhile waits for the same. */
  ask(): Promise<void> {
    this.#asking ??= this.#take().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #take(): Promise<void> {
    const size = this.#nextSize();
    const stretchMs = (size / this.#perSecond) * SECOND_MS;
    await this.#deps.pause(await this.#deps.takeStretch(this.#name, stretchMs));
    this.#size = size;
    this.#left = size;
    this.#keepUntil = this.#now() + KEEP_MS;
  }

  /** Twice as many as were used up, from one on: a process that sends little takes little from the others. */
  #nextSize(): number {
    const most = Math.max(1, Math.floor((this.#perSecond * STRETCH_MS) / SECOND_MS));
    return this.#left > 0 ? 1 : Math.min(most, Math.max(1, this.#size * 2));
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}
