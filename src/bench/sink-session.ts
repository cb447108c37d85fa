import type { Socket } from 'node:net';
import { unreachable } from '../result.ts';
import { DotFinder } from './dot-finder.ts';
import type { SinkCount } from './sink-count.ts';

/** What the next bytes of a client are. */
type Expected = 'commands' | 'a message to its final dot' | 'a chunk';

export interface SinkShared {
  /** Replaced when counting begins anew. */
  count: SinkCount;
  readonly chunking: boolean;
}

/**
 * One connection of a mail server that takes everything, keeps nothing, and does as little as it can: what a client
 * pipelines is answered in one write.
 */
export class SinkSession {
  readonly #socket: Socket;
  readonly #shared: SinkShared;
  readonly #dot = new DotFinder();
  #expected: Expected = 'commands';
  /** A command whose end has not come yet. */
  #begun = '';
  #reader = 0;
  #bytes = 0;
  #chunk = { left: 0, last: false };
  #replies = '';

  constructor(socket: Socket, shared: SinkShared) {
    this.#socket = socket;
    this.#shared = shared;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.write('220 sink.example.test ESMTP\r\n');
  }

  #read(data: Buffer): void {
    for (let at = 0; at < data.length; ) at = this.#readSome(data, at);
    if (this.#replies === '') return;
    this.#socket.write(this.#replies, 'latin1');
    this.#replies = '';
  }

  /** @returns where the rest begins. */
  #readSome(data: Buffer, at: number): number {
    switch (this.#expected) {
      case 'commands':
        return this.#readCommand(data, at);
      case 'a message to its final dot':
        return this.#readMessage(data, at);
      case 'a chunk':
        return this.#readChunk(data, at);
      default:
        return unreachable(this.#expected);
    }
  }

  #readCommand(data: Buffer, at: number): number {
    const end = data.indexOf(10, at);
    if (end < 0) {
      this.#begun += data.toString('latin1', at);
      return data.length;
    }
    const line = this.#begun + data.toString('latin1', at, end);
    this.#begun = '';
    this.#obey(line.trimEnd());
    return end + 1;
  }

  #obey(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'MAIL') this.#replies += '250 2.1.0 ok\r\n';
    else if (verb === 'RCPT') this.#addRecipient(line);
    else if (verb === 'DATA') this.#beginMessage();
    else if (verb === 'BDAT' && this.#shared.chunking) this.#beginChunk(line);
    else if (verb === 'EHLO' || verb === 'HELO') this.#greet(verb);
    else if (verb === 'RSET' || verb === 'NOOP') this.#replies += '250 2.0.0 ok\r\n';
    else if (verb === 'QUIT') this.#socket.end(`${this.#replies}221 2.0.0 bye\r\n`);
    else this.#replies += '502 5.5.1 not known here\r\n';
  }

  #greet(verb: 'EHLO' | 'HELO'): void {
    const offered = ['PIPELINING', '8BITMIME', 'SMTPUTF8', ...(this.#shared.chunking ? ['CHUNKING'] : [])];
    const lines = ['sink.example.test', ...(verb === 'EHLO' ? offered : [])];
    for (const [place, line] of lines.entries())
      this.#replies += `250${place === lines.length - 1 ? ' ' : '-'}${line}\r\n`;
  }

  #addRecipient(line: string): void {
    this.#reader = Number(/<reader(\d+)@/i.exec(line)?.[1] ?? 0);
    this.#replies += '250 2.1.5 ok\r\n';
  }

  #beginMessage(): void {
    this.#expected = 'a message to its final dot';
    this.#bytes = 0;
    this.#dot.begin();
    this.#replies += '354 go on\r\n';
  }

  #readMessage(data: Buffer, at: number): number {
    const end = this.#dot.find(data, at);
    this.#bytes += (end < 0 ? data.length : end) - at;
    if (end < 0) return data.length;
    this.#accept(this.#bytes - '.\r\n'.length);
    return end;
  }

  /** RFC 3030 section 2: `BDAT size [LAST]`, and the bytes follow at once. */
  #beginChunk(line: string): void {
    const [, size = '0', last] = line.split(' ');
    this.#chunk = { left: Number(size), last: last?.toUpperCase() === 'LAST' };
    this.#expected = 'a chunk';
    if (this.#chunk.left === 0) this.#endChunk();
  }

  #readChunk(data: Buffer, at: number): number {
    const taken = Math.min(this.#chunk.left, data.length - at);
    this.#bytes += taken;
    this.#chunk.left -= taken;
    if (this.#chunk.left === 0) this.#endChunk();
    return at + taken;
  }

  #endChunk(): void {
    this.#expected = 'commands';
    if (this.#chunk.last) this.#accept(this.#bytes);
    else this.#replies += '250 2.0.0 ok\r\n';
  }

  #accept(bytes: number): void {
    this.#expected = 'commands';
    this.#bytes = 0;
    this.#shared.count.take(bytes, this.#reader);
    this.#replies += '250 2.0.0 taken\r\n';
  }
}
