/** One reply of a server, as it came. */
export interface WireReply {
  /** 200 to 599. */
  readonly code: number;
  /** Its lines with their codes; decoded when asked for, as most replies are only counted. */
  text(): string;
}

/** What the server said is no reply (RFC 5321 section 4.2), or never ends. */
export class ReplyFault extends Error {}

/**
 * A line may have 512 octets (RFC 5321 section 4.5.3.1.5) and no server's EHLO has a hundred of them. What is
 * longer is an attempt on our memory.
 */
const LONGEST_REPLY_BYTES = 16_384;

const LF = 10;
const CR = 13;
const SPACE = 32;
const HYPHEN = 45;
const ZERO = 48;
const EMPTY = Buffer.alloc(0);

/** Cuts what a server sends into replies, wherever the pieces of the network begin and end. */
export class ReplyReader {
  /** The beginning of a reply whose end has not come. */
  #rest: Buffer = EMPTY;

  get holdsPart(): boolean {
    return this.#rest.length > 0;
  }

  /**
   * Calls `hear` for each reply that is whole, in order.
   *
   * @throws {ReplyFault}
   */
  feed(piece: Buffer, hear: (reply: WireReply) => void): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece;
    let start = 0;
    let line = 0;
    let code = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, line)) {
      code = lineCode(bytes, line, end, code);
      const last = bytes[line + 3] !== HYPHEN;
      line = end + 1;
      refuseLong(line - start);
      if (!last) continue;
      hear(new ReplyBytes(code, bytes, start, end));
      start = line;
      code = 0;
    }
    this.#rest = start < bytes.length ? bytes.subarray(start) : EMPTY;
    refuseLong(this.#rest.length);
  }
}

class ReplyBytes implements WireReply {
  readonly code: number;
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;

  constructor(code: number, bytes: Buffer, start: number, end: number) {
    this.code = code;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  text(): string {
    return this.#bytes.toString('utf8', this.#start, this.#end);
  }
}

/** The code of one line; a reply's lines must all have the same (RFC 5321 section 4.2.1). */
function lineCode(bytes: Buffer, start: number, end: number, before: number): number {
  const code = digit(bytes, start) * 100 + digit(bytes, start + 1) * 10 + digit(bytes, start + 2);
  const follows = bytes[start + 3] ?? LF;
  const separated = follows === SPACE || follows === HYPHEN || follows === CR || start + 3 === end;
  if (!separated || !(code >= 200 && code < 600) || (before !== 0 && before !== code))
    throw new ReplyFault(
      `said what is no reply: ${bytes.toString('utf8', start, Math.min(end, start + 80))}`,
    );
  return code;
}

function digit(bytes: Buffer, at: number): number {
  const value = (bytes[at] ?? 0) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function refuseLong(bytes: number): void {
  if (bytes > LONGEST_REPLY_BYTES) throw new ReplyFault('said more than a reply can have');
}
