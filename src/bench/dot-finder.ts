const DOT = Buffer.from('\r\n.\r\n');

/** Finds the end of a message (RFC 5321 section 4.5.2), wherever its bytes are cut. */
export class DotFinder {
  /** The last bytes of what came before; a message's first line follows a line end, that of DATA. */
  #tail = '\r\n';

  begin(): void {
    this.#tail = '\r\n';
  }

  /** @returns where the message has ended, behind the final dot's line; -1: not in these bytes. */
  find(data: Buffer, from: number): number {
    const cut = this.#findCut(data, from);
    if (cut >= 0) return cut;
    const at = data.indexOf(DOT, from);
    if (at >= 0) return at + DOT.length;
    const kept = data.toString('latin1', Math.max(from, data.length - DOT.length + 1));
    this.#tail = (this.#tail + kept).slice(1 - DOT.length);
    return -1;
  }

  /** A dot that began in the bytes before these. */
  #findCut(data: Buffer, from: number): number {
    const joined = this.#tail + data.toString('latin1', from, from + DOT.length - 1);
    const at = joined.indexOf('\r\n.\r\n');
    return at < 0 ? -1 : from + at + DOT.length - this.#tail.length;
  }
}
