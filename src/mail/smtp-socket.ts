import type { Socket } from 'node:net';
import { type Address, encrypted, openStream } from './open-stream.ts';
import { ReplyFault, ReplyReader, type WireReply } from './reply-reader.ts';
import type { Timeouts } from './timeouts.ts';

/** Who hears what comes over a socket. */
export interface SocketListener {
  hear(reply: WireReply): void;
  /** The connection is gone; said once, and nothing after it. */
  broke(reason: string): void;
  /** What was expected did not come in time. */
  overdue(): void;
}

const DEAF: SocketListener = { hear() {}, broke() {}, overdue() {} };

/** How long a server may take to close after our QUIT. */
const QUIT_MS = 1000;

/** Bytes to a server and replies from it, with a watch on how long they take. */
export class SmtpSocket {
  listener: SocketListener = DEAF;
  #stream: Socket;
  #reader = new ReplyReader();
  #gone = false;
  /** What is said together leaves together. */
  #text = '';
  #corked = false;
  /** In the time of performance.now(). */
  #deadline = Number.POSITIVE_INFINITY;
  #expectMs = 0;
  readonly #blockMs: number;
  readonly #watch: NodeJS.Timeout;

  private constructor(stream: Socket, timeouts: Timeouts) {
    this.#blockMs = timeouts.block;
    this.#stream = stream;
    this.#attach(stream);
    // looking once a second costs nothing beside a timer for each step
    const look = Math.max(10, Math.min(1000, ...Object.values(timeouts).map((ms) => ms / 4)));
    this.#watch = setInterval(() => this.#look(), look).unref();
  }

  /** Rejects with the network's error, or when it takes too long. */
  static async connect(
    address: Address,
    rejectUnauthorized: boolean,
    timeouts: Timeouts,
  ): Promise<SmtpSocket> {
    const stream = await openStream(address, rejectUnauthorized, timeouts.connect);
    return new SmtpSocket(stream, timeouts);
  }

  /**
   * Goes on under TLS (STARTTLS, RFC 3207). Rejects where the server spoke on in the clear: what came before TLS must
   * not be taken for what came under it.
   */
  async encrypt(host: string, rejectUnauthorized: boolean, ms: number): Promise<void> {
    if (this.#gone || this.#reader.holdsPart) throw new Error('the server spoke on before TLS began');
    this.#stream = await encrypted(this.#stream, host, rejectUnauthorized, ms);
    this.#attach(this.#stream);
  }

  get localAddress(): string {
    return this.#stream.localAddress ?? '127.0.0.1';
  }

  say(text: string): void {
    this.#text += text;
  }

  /** Nobody may change them until the server has answered. */
  sayPieces(pieces: readonly (Buffer | string)[]): void {
    if (!this.#corked) this.#stream.cork();
    this.#corked = true;
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        this.#text += piece;
      } else {
        this.#writeText();
        this.#stream.write(piece);
      }
    }
  }

  /** Writes what was said, in one go. */
  flush(): void {
    this.#writeText();
    if (this.#corked) this.#stream.uncork();
    this.#corked = false;
  }

  /** The listener hears `overdue` if it does not call again within this time. */
  expect(ms: number): void {
    this.#expectMs = ms;
    this.#deadline = performance.now() + ms;
  }

  expectNothing(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** Ends it without a word. */
  break(reason: string): void {
    if (this.#gone) return;
    this.#leave();
    this.#stream.destroy();
    this.listener.broke(reason);
  }

  /** Ends it politely, without waiting for the answer; nothing is heard any more. */
  quit(): void {
    if (this.#gone) return;
    this.#leave();
    const late = setTimeout(() => this.#stream.destroy(), QUIT_MS).unref();
    this.#stream.once('close', () => clearTimeout(late));
    this.#stream.end('QUIT\r\n');
  }

  #leave(): void {
    this.#gone = true;
    clearInterval(this.#watch);
  }

  #writeText(): void {
    if (this.#text === '') return;
    this.#stream.write(this.#text);
    this.#text = '';
  }

  #attach(stream: Socket): void {
    // under TLS the plain socket is told of its end as well
    const broke = (reason: string) => stream === this.#stream && this.break(reason);
    stream.on('data', (piece: Buffer) => this.#read(piece));
    stream.on('end', () => broke('the server closed the connection'));
    stream.on('close', () => broke('the connection closed'));
    stream.on('error', (error) => broke(error.message));
    // of a socket: nothing came and nothing left
    stream.setTimeout(this.#blockMs, () => {
      if (stream.writableLength > 0) broke('timed out while a message was being written');
    });
  }

  readonly #hear = (reply: WireReply): void => {
    if (!this.#gone) this.listener.hear(reply);
  };

  #read(piece: Buffer): void {
    if (this.#gone) return;
    try {
      this.#reader.feed(piece, this.#hear);
    } catch (error) {
      if (!(error instanceof ReplyFault)) throw error;
      this.break(`the server ${error.message}`);
    }
  }

  #look(): void {
    if (performance.now() < this.#deadline) return;
    // an answer is not due while what it answers is still being written; the socket's own timeout watches over that
    if (this.#stream.writableLength > 0) {
      this.expect(this.#expectMs);
    } else {
      this.expectNothing();
      this.listener.overdue();
    }
  }
}
