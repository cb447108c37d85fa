/**
 * What bounds second copies on one connection (design, invariant 3): at most `depth` messages are marked without a
 * reply, and no final dot is written while the outcomes of `depth` replies are not recorded.
 */
export class DepthRule {
  readonly depth: number;
  #marked = 0;
  #unrecorded = 0;

  constructor(depth: number) {
    this.depth = depth;
  }

  get mayMark(): boolean {
    return this.#marked < this.depth;
  }

  get mayDot(): boolean {
    return this.#unrecorded < this.depth;
  }

  get unrecorded(): number {
    return this.#unrecorded;
  }

  marked(): void {
    this.#marked += 1;
  }

  /** A marked message was answered, or is no message of this connection any more. */
  unmarked(): void {
    this.#marked -= 1;
  }

  answered(): void {
    this.#unrecorded += 1;
  }

  recorded(): void {
    this.#unrecorded -= 1;
  }
}
