/**
 * Gathers single writes into one statement: a flush runs whenever none is running, and takes all that
 * waits. Nobody waits for a timer, and the busier it is the larger the flushes get.
 */
export class GroupCommit<Item, Answer> {
  readonly #flush: (items: readonly Item[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Item, Answer>[] = [];
  #running = false;

  /** @param flush makes all items durable and answers each, in their order; if it throws, each of them fails. */
  constructor(flush: (items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#flush = flush;
  }

  /** Resolves when the item is durable. */
  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const taken = this.#waiting;
      this.#waiting = [];
      await this.#settle(taken);
    }
    this.#running = false;
  }

  async #settle(taken: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#flush(taken.map(({ item }) => item));
      for (const [index, { resolve }] of taken.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
