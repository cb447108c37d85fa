/** Bytes on their way: each chunk arrives so long after it was sent, in order, however many are under way. */
export class DelayLine {
  readonly #delayMs: number;
  readonly #arrive: (chunk: Buffer | null) => void;
  readonly #underway: { readonly chunk: Buffer | null; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param arrive is given null for the end. */
  constructor(delayMs: number, arrive: (chunk: Buffer | null) => void) {
    this.#delayMs = delayMs;
    this.#arrive = arrive;
  }

  send(chunk: Buffer | null): void {
    this.#underway.push({ chunk, due: performance.now() + this.#delayMs });
    this.#timer ??= this.#wakeIn(this.#delayMs);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#underway.length = 0;
  }

  #wakeIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#deliver(), ms);
  }

  /** Node's timers may fire early, by the clock of the last turn of the loop: what is not due yet goes on waiting. */
  #deliver(): void {
    const now = performance.now();
    while (this.#underway[0] && this.#underway[0].due <= now)
      this.#arrive(this.#underway.shift()?.chunk ?? null);
    const [next] = this.#underway;
    this.#timer = next ? this.#wakeIn(Math.max(0, next.due - now)) : null;
  }
}
