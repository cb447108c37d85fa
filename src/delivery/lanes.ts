/**
 * How many deliveries of this process may be under way at once, over all its batches: one for each place on a
 * connection.
 */
export class Lanes {
  readonly #free: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  constructor(lanes: number) {
    this.#free = Array.from({ length: lanes }, () => new Lane());
  }

  /** Resolves when there is a lane; whoever has one must {@link leave} it. Batches get theirs in turn. */
  enter(): Promise<Lane> {
    const lane = this.#free.pop();
    return lane ? Promise.resolve(lane) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next) next(lane);
    else this.#free.push(lane);
  }
}

const NO_MEMORY = Buffer.alloc(0);
/** Letters of one send differ by names and links; and memory is better asked for in whole pages. */
const PAGE_BYTES = 4096;

/**
 * Memory for one letter, used again and again: thirty kilobytes for each of thousands of letters a second would keep
 * the garbage collector busier than the letters.
 */
export class Lane {
  #memory: Buffer = NO_MEMORY;

  readonly room = (bytes: number): Buffer => {
    if (this.#memory.length < bytes)
      this.#memory = Buffer.allocUnsafeSlow(Math.ceil(bytes / PAGE_BYTES + 1) * PAGE_BYTES);
    return this.#memory;
  };

  /** What was written may still be read by somebody: the next letter is written elsewhere. */
  leaveMemory(): void {
    this.#memory = NO_MEMORY;
  }
}
