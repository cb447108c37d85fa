import { oneLine, parseReply, showReply } from '../replies/reply.ts';
import type { WireReply } from './reply-reader.ts';
import type { SmtpSocket, SocketListener } from './smtp-socket.ts';

/** Why a server takes no mail at all just now; nobody's outcome. The message names it, without credentials. */
export class ServerFault extends Error {}

/** A reply, read. */
export interface Answer {
  readonly code: number;
  /** Its lines with their codes. */
  readonly text: string;
}

/** One command, one answer: how a connection begins. */
export class Dialogue implements SocketListener {
  readonly #socket: SmtpSocket;
  readonly #where: string;
  #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (fault: Error) => void } | null =
    null;
  /** The greeting, which may come before it is asked for; whatever else does was put there by somebody else. */
  #greeting: Answer | null = null;
  #greeted = false;
  #broken: string | null = null;

  constructor(socket: SmtpSocket, where: string) {
    this.#socket = socket;
    this.#where = where;
    socket.listener = this;
  }

  /**
   * @param line null: says nothing and hears what comes first.
   * @throws {ServerFault} when the connection breaks or nothing comes in time.
   */
  ask(line: string | null, ms: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#broken !== null) this.broke(this.#broken);
      else if (this.#greeting) this.#answer(this.#greeting);
      else this.#say(line, ms);
    });
  }

  fault(reason: string): ServerFault {
    return new ServerFault(`${this.#where}: ${oneLine(reason)}`);
  }

  refusal(step: string, answer: Answer): ServerFault {
    return this.fault(`${step}: ${showReply(parseReply(answer.text))}`);
  }

  hear(reply: WireReply): void {
    const answer = { code: reply.code, text: reply.text() };
    if (this.#waiting) this.#answer(answer);
    else if (this.#greeted) this.#socket.break('the server answers what nobody asked');
    else this.#greeting = answer;
    this.#greeted = true;
  }

  broke(reason: string): void {
    this.#broken = reason;
    this.#waiting?.reject(this.fault(reason));
    this.#waiting = null;
  }

  overdue(): void {
    this.#socket.break('no answer in time');
  }

  #say(line: string | null, ms: number): void {
    if (line !== null) this.#socket.say(`${line}\r\n`);
    this.#socket.flush();
    this.#socket.expect(ms);
  }

  #answer(answer: Answer): void {
    this.#greeting = null;
    this.#socket.expectNothing();
    this.#waiting?.resolve(answer);
    this.#waiting = null;
  }
}
