/** How long a flush may wait to become larger. */
export interface Patience {
  /** With so many items it does not wait. */
  readonly enough: number;
  readonly ms: number;
}

const NONE: Patience = { enough: 1, ms: 0 };

/**
 * Gathers single writes into one statement. What comes alone is flushed at once. What comes while a flush runs is taken
 * together by the next one, and that one may wait a little for more: a statement and a commit cost the same for ten
 * rows and for a hundred.
 */
export class GroupCommit<Item, Answer> {
  readonly #flush: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #patience: Patience;
  #waiting: Waiting<Item, Answer>[] = [];
  #running = false;
  /** Ends a wait for more. */
  #goOn: (() => void) | null = null;

  /** @param flush makes all items durable and answers each, in their order; if it throws, each of them fails. */
  constructor(flush: (items: readonly Item[]) => Promise<readonly Answer[]>, patience: Patience = NONE) {
    this.#flush = flush;
    this.#patience = patience;
  }

  /** Resolves when the item is durable. */
  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#run();
      else if (this.#waiting.length >= this.#patience.enough) this.#goOn?.();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const taken = this.#waiting;
      this.#waiting = [];
      await this.#settle(taken);
      await this.#gather();
    }
    this.#running = false;
  }

  async #gather(): Promise<void> {
    const { enough, ms } = this.#patience;
    const few = this.#waiting.length > 0 && this.#waiting.length < enough;
    if (!few || ms === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#goOn = null;
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
