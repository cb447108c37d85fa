/** Letters of one send differ by names and links; and memory is better asked for in whole pages. */
const PAGE_BYTES = 4096;

/**
 * The memory that letters are written into, used again and again: thirty kilobytes for each of thousands of letters a
 * second would keep the garbage collector busier than the letters. As many sheets as letters that travel at once.
 */
export class Sheets {
  readonly #free: Buffer[] = [];

  /** At least so many bytes. */
  take(bytes: number): Buffer {
    const sheet = this.#free.pop();
    if (sheet && sheet.length >= bytes) return sheet;
    return Buffer.allocUnsafeSlow(Math.ceil(bytes / PAGE_BYTES + 1) * PAGE_BYTES);
  }

  /** @param letter nobody may be reading it any more: the server has answered for all of it. */
  giveBack(letter: Buffer): void {
    this.#free.push(Buffer.from(letter.buffer));
  }
}
