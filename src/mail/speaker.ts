import { unreachable } from '../result.ts';
import type { DepthRule } from './depth-rule.ts';
import type { Envelope } from './envelope.ts';
import type { Offers } from './offers.ts';
import type { SmtpSocket } from './smtp-socket.ts';
import type { Stage, Transit } from './transit.ts';
import { bytesOf, chunkPieces, dataPieces } from './wire-text.ts';

/** Our side of a connection: which marks are asked for, and what is said when, by the depth rule and the server's offers. */
export class Speaker {
  /** The server holds an envelope that came to nothing. */
  dirty = false;
  readonly #socket: SmtpSocket;
  readonly #offers: Offers;
  readonly #rule: DepthRule;

  constructor(socket: SmtpSocket, offers: Offers, rule: DepthRule) {
    this.#socket = socket;
    this.#offers = offers;
    this.#rule = rule;
  }

  /**
   * Asks for the marks there is room for: ahead of the wire where messages travel ahead, else for those whose recipient
   * was taken, so that who is refused there is never marked.
   *
   * @param proven the connection is believed to be there.
   */
  askMarks(transits: readonly Transit[], proven: boolean): void {
    const ahead = proven && (this.#offers.chunking || this.#rule.depth > 1);
    for (const transit of transits) {
      if (!this.#rule.mayMark) return;
      if (transit.counted || transit.passage.over || transit.verdict) continue;
      if (!ahead && !transit.recipientTaken) return;
      transit.counted = true;
      this.#rule.marked();
      if (transit.passage.mark === 'unasked') transit.passage.askMark();
    }
  }

  /** Says all that may be said now; it leaves in one write. */
  speak(transits: readonly Transit[], proven: boolean): void {
    const { chunking } = this.#offers;
    for (let at = 0; at < transits.length; at += 1) {
      const transit = transits[at] as Transit;
      if (transit.dotted) continue;
      const mayDot = this.#mayDot(transit);
      // with chunks the envelope leaves with its message, but for the one that shows whether the connection is there
      if (!chunking || mayDot || (at === 0 && !proven)) this.#sayEnvelope(transit, at);
      if (!mayDot) break;
      this.#sayMessage(transit);
    }
    this.#socket.flush();
  }

  /** Ends a message that lost its only recipient, and that the server asked for all the same (RFC 2920 section 3.1). */
  sayNoMessage(transit: Transit): void {
    this.#socket.say('.\r\n');
    transit.said();
  }

  #mayDot(transit: Transit): boolean {
    const { passage } = transit;
    if (!transit.counted || passage.mark !== 'given' || passage.over || transit.verdict) return false;
    if (!this.#rule.mayDot) return false;
    return this.#offers.chunking ? !transit.begun || transit.recipientTaken : transit.goAhead;
  }

  /** What goes before the message: all of it where the server takes commands ahead, else the next of it. */
  #sayEnvelope(transit: Transit, at: number): void {
    // a chunk leaves behind messages that may yet be refused, and a refused one leaves its envelope behind
    if (!transit.begun && (this.dirty || (this.#offers.chunking && at > 0))) {
      transit.resetFirst();
      this.dirty = false;
    }
    for (let stage = transit.next; stage !== null && stage !== 'dot'; stage = transit.next) {
      if (transit.verdict || (transit.awaits && !this.#offers.pipelining)) return;
      this.#socket.say(commandOf(stage, transit.envelope));
      transit.said();
    }
  }

  /** The message and its end: from here on the server may deliver it. */
  #sayMessage(transit: Transit): void {
    const { raw } = transit.passage.message;
    if (this.#offers.chunking) {
      const pieces = chunkPieces(raw);
      this.#socket.say(`BDAT ${bytesOf(pieces)} LAST\r\n`);
      this.#socket.sayPieces(pieces);
    } else {
      this.#socket.sayPieces(dataPieces(raw));
      this.#socket.say('.\r\n');
    }
    transit.said();
  }
}

function commandOf(stage: Exclude<Stage, 'dot'>, { mail, rcpt }: Envelope): string {
  switch (stage) {
    case 'rset':
      return 'RSET\r\n';
    case 'mail':
      return mail;
    case 'rcpt':
      return rcpt;
    case 'data':
      return 'DATA\r\n';
    default:
      return unreachable(stage);
  }
}
