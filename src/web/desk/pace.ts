import { SECOND_MS } from '../../clock.ts';

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** A rate is of the last quarter of a minute: steady enough to read, and soon right after a change. */
const WINDOW_MS = 15 * SECOND_MS;
/** Two looks in a shorter time say little. */
const LEAST_MS = 2 * SECOND_MS;

/** How fast one send goes, from looks at how many of its readers are done. */
export class Pace {
  #samples: Sample[] = [];

  /** Notes a look, and answers readers a second; null while there are too few looks to tell. */
  note({ at, done }: Sample): number | null {
    this.#samples = [...this.#samples.filter((sample) => sample.at >= at - WINDOW_MS), { at, done }];
    const first = this.#samples[0];
    if (!first || at - first.at < LEAST_MS) return null;
    return Math.max(0, ((done - first.done) / (at - first.at)) * SECOND_MS);
  }

  /** No look in the window: nobody watches any more. */
  isOver(now: number): boolean {
    return !this.#samples.some(({ at }) => at >= now - WINDOW_MS);
  }
}
