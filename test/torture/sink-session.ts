import type { Socket } from 'node:net';
import { type Body, dottedBody, sizedBody } from './message-body.ts';
import type { Mischief } from './sink-orders.ts';

/** What the sessions share: what was taken, and what is still to go wrong. */
export interface SinkState {
  /** RFC 3030 is offered. */
  readonly chunking: boolean;
  take(to: string, messageId: string): void;
  /** True once for each time that was ordered. */
  due(how: Mischief): boolean;
  /** Whether this recipient is seen for the first time (greylisting). */
  isNew(to: string): boolean;
  broke(): void;
}

const HANG_MS = 1500;
/** An answer that was written so long ago has been read by a client that lives. */
const READ_MS = 1000;
const DRIP_MS = 3;
/** Headers stand in the first bytes; the rest of a body is counted by nobody. */
const HEAD_BYTES = 16_384;

/** One connection: a small SMTP server that answers by address and misbehaves on order. */
export class SinkSession {
  readonly #socket: Socket;
  readonly #state: SinkState;
  #pending = '';
  #to = '';
  #body: Body | null = null;
  #head = '';
  /** When the last message ended; the client may not have read its answer, whatever it pipelined behind it. */
  #dotAt: number | null = null;
  #answered = false;
  #dripping: Promise<void> | null = null;
  #closed = false;

  constructor(socket: Socket, state: SinkState) {
    this.#socket = socket;
    this.#state = state;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
    });
    if (state.due('421 greeting')) {
      socket.end('421 4.3.2 Not now\r\n');
      return;
    }
    socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')));
    this.#say('220 sink.test ESMTP');
  }

  /** Breaks the connection as a machine that fails does. */
  cut(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#dotAt !== null && (!this.#answered || performance.now() - this.#dotAt < READ_MS))
      this.#state.broke();
    this.#socket.resetAndDestroy();
  }

  #read(text: string): void {
    if (this.#closed) return;
    if (this.#body) this.#readBody(this.#body, text);
    else this.#readLine(text);
  }

  #readLine(text: string): void {
    this.#pending += text;
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return;
    const line = this.#pending.slice(0, end);
    const rest = this.#pending.slice(end + 2);
    this.#pending = '';
    this.#command(line);
    if (rest) this.#read(rest);
  }

  #command(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') this.#greet();
    else if (verb === 'MAIL') this.#mail();
    else if (verb === 'RCPT') this.#rcpt(/<([^>]*)>/.exec(line)?.[1] ?? '');
    else if (verb === 'DATA') this.#startData();
    else if (verb === 'BDAT') this.#startBody(sizedBody(Number(line.split(' ')[1])));
    else if (verb === 'QUIT') this.#socket.end('221 2.0.0 Bye\r\n');
    else this.#say(verb === 'RSET' || verb === 'NOOP' ? '250 2.0.0 OK' : '502 5.5.1 Not here');
  }

  #greet(): void {
    const offers = ['PIPELINING', '8BITMIME', 'SMTPUTF8', ...(this.#state.chunking ? ['CHUNKING'] : [])];
    this.#say(['250-sink.test', ...offers.map((offer) => `250-${offer}`), '250 SIZE 50000000'].join('\r\n'));
  }

  #mail(): void {
    this.#to = '';
    if (this.#state.due('421 at MAIL')) this.#socket.end('421 4.3.2 Going away\r\n');
    else this.#say('250 2.1.0 OK');
  }

  #rcpt(to: string): void {
    if (this.#state.due('421 at RCPT')) this.#socket.end('421 4.3.2 Going away\r\n');
    else if (to.startsWith('full')) this.#say('552 5.2.2 Mailbox full');
    else if (to.startsWith('grey') && this.#state.isNew(to)) this.#say('451 4.7.1 Greylisted, try again');
    else {
      this.#to = to;
      this.#say('250 2.1.5 OK');
    }
  }

  #startData(): void {
    if (this.#to) this.#startBody(dottedBody());
    this.#say(this.#to ? '354 Go on' : '503 5.5.1 No recipient');
  }

  #startBody(body: Body): void {
    this.#body = body;
    this.#head = '';
  }

  #readBody(body: Body, text: string): void {
    if (this.#state.due('close mid-DATA')) {
      this.cut();
      return;
    }
    const end = body.endIn(text);
    if (this.#head.length < HEAD_BYTES) this.#head += text.slice(0, HEAD_BYTES);
    if (end < 0) return;
    this.#body = null;
    this.#dotAt = performance.now();
    this.#answered = false;
    this.#dot(/^message-id: *(<[^>]+>)/im.exec(this.#head)?.[1] ?? '');
    const rest = text.slice(end);
    if (rest) this.#read(rest);
  }

  #dot(messageId: string): void {
    if (!this.#to) this.#say('503 5.5.1 No recipient');
    else if (this.#to.startsWith('spam')) this.#say('554 5.7.1 Refused by policy');
    else if (this.#state.due('forget at the dot')) this.cut();
    else {
      this.#state.take(this.#to, messageId);
      this.#answerTaken();
    }
  }

  #answerTaken(): void {
    if (this.#state.due('close at the dot')) this.cut();
    else if (this.#state.due('hang after the dot')) setTimeout(() => this.cut(), HANG_MS);
    else this.#say('250 2.0.0 OK queued as 0123456789');
  }

  #say(reply: string): void {
    if (this.#closed) return;
    this.#answered = true;
    if (this.#dripping || this.#state.due('slow drip')) this.#queue(`${reply}\r\n`);
    else this.#socket.write(`${reply}\r\n`);
  }

  /** Pipelined commands are answered in their order: an answer waits for one that still drips. */
  #queue(reply: string): void {
    const mine = (this.#dripping ?? Promise.resolve()).then(() => this.#drip(reply));
    this.#dripping = mine;
    void mine.then(() => {
      if (this.#dripping === mine) this.#dripping = null;
    });
  }

  async #drip(reply: string): Promise<void> {
    for (const letter of reply) {
      if (this.#closed) return;
      this.#socket.write(letter);
      await new Promise((resolve) => setTimeout(resolve, DRIP_MS));
    }
  }
}
