import type { Attempt } from './attempt.ts';
import { DepthRule } from './depth-rule.ts';
import { envelopeOf } from './envelope.ts';
import type { SignedIn } from './handshake.ts';
import type { Offers } from './offers.ts';
import type { Passage } from './passage.ts';
import type { WireReply } from './reply-reader.ts';
import type { SmtpSocket, SocketListener } from './smtp-socket.ts';
import { Speaker } from './speaker.ts';
import { type Timeouts, timeoutOf } from './timeouts.ts';
import { type Stage, Transit } from './transit.ts';
import { lost } from './verdict.ts';

/** What a connection needs of its pool. */
export interface ConnectionOwner {
  /** Asks for `advance`, soon. */
  stirred(connection: SmtpConnection): void;
  /** It was not delivered, by no fault of its own: another connection is to take it. */
  handBack(passage: Passage): void;
  left(connection: SmtpConnection): void;
}

export interface ConnectionTerms {
  /** The server's name in a fault. */
  readonly where: string;
  readonly depth: number;
  readonly timeouts: Timeouts;
}

/** A server may leave an idle connection at any time; one that answered so lately is believed to be there. */
const PROVEN_MS = 5000;

/**
 * One signed-in connection, carrying one message after another: each is taken, its envelope said, marked, dotted,
 * answered, and its outcome recorded.
 *
 * Where the server takes commands ahead, the next envelope leaves with the dot before it (RFC 2920 section 3.1 allows
 * that); where it takes chunks, whole messages do (RFC 3030). How many, is {@link DepthRule}. A fresh or rested
 * connection has to answer one envelope before anything is marked for it.
 */
export class SmtpConnection implements SocketListener {
  readonly #socket: SmtpSocket;
  readonly #offers: Offers;
  readonly #terms: ConnectionTerms;
  readonly #owner: ConnectionOwner;
  readonly #rule: DepthRule;
  readonly #speaker: Speaker;
  /** Taken and not answered, in the order of the wire. */
  #transits: Transit[] = [];
  /** Messages answered here: a connection that served is spent when it fails, and nobody is at fault. */
  #served = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  #leaving = false;
  /** It said 421: what it has not answered it does not take. */
  #dismissed = false;
  #gone = false;
  #stirred = false;
  #watched: Stage | 'idle' | null = null;

  constructor({ socket, offers }: SignedIn, terms: ConnectionTerms, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#offers = offers;
    this.#terms = terms;
    this.#owner = owner;
    this.#rule = new DepthRule(terms.depth);
    this.#speaker = new Speaker(socket, offers, this.#rule);
    socket.listener = this;
    this.#watch();
  }

  get idle(): boolean {
    return this.#transits.length === 0;
  }

  get load(): number {
    return this.#transits.length + this.#rule.unrecorded;
  }

  get hasRoom(): boolean {
    const { pipelining, chunking } = this.#offers;
    const { depth } = this.#rule;
    const most = chunking ? depth : pipelining ? depth + 1 : 1;
    return !this.#leaving && this.#transits.length < most && this.load < 2 * depth;
  }

  take(passage: Passage): void {
    const envelope = envelopeOf(passage.message, this.#offers);
    if (envelope.kind === 'refused') {
      this.#settle(passage, envelope);
      return;
    }
    passage.carrier = this;
    this.#transits.push(new Transit(passage, envelope, this.#offers.chunking));
    this.stir();
  }

  stir(): void {
    if (this.#stirred || this.#gone) return;
    this.#stirred = true;
    this.#owner.stirred(this);
  }

  /** Asks for the marks there is room for, and writes what may be written. */
  advance(): void {
    this.#stirred = false;
    this.#dropWithheld();
    if (this.#gone) return;
    const proven = performance.now() - this.#heardAt < PROVEN_MS;
    this.#speaker.askMarks(this.#transits, proven);
    this.#speaker.speak(this.#transits, proven);
    this.#watch();
  }

  /** Takes nothing more, and goes when what it has is answered. */
  leave(): void {
    this.#leaving = true;
    if (this.idle) this.#quit();
  }

  hear(reply: WireReply): void {
    const head = this.#transits[0];
    const stage = head?.awaits;
    if (reply.code === 421) this.#leaving = this.#dismissed = true;
    if (!head || !stage || !head.hear(reply)) {
      this.#socket.break(`the server says ${stage ? `to ${stage}` : 'what nobody asked'}: ${reply.text()}`);
      return;
    }
    this.#heardAt = performance.now();
    this.#watched = null;
    if (head.verdict && stage === 'data' && head.goAhead) this.#speaker.sayNoMessage(head);
    else if (head.verdict && head.awaits === null) this.#conclude(head, head.verdict);
    if (this.#dismissed && !this.#transits.some(isDotted)) this.#socket.break(reply.text());
    this.stir();
  }

  broke(reason: string): void {
    this.#gone = true;
    this.#abandon(this.#transits.splice(0), reason, 0);
    this.#owner.left(this);
  }

  overdue(): void {
    if (this.idle) this.#quit();
    else this.#socket.break('the server did not answer in time');
  }

  /** Who is withheld is taken off, or takes the connection along: there is no other way out of an open DATA. */
  #dropWithheld(): void {
    if (!this.#transits.some(isOver)) return;
    const head = this.#transits[0];
    if (head && isOver(head) && head.goAhead) {
      this.#socket.break('a message was withheld');
      return;
    }
    for (const transit of this.#transits.filter((one) => isOver(one) && !one.awaits)) {
      this.#transits.splice(this.#transits.indexOf(transit), 1);
      this.#speaker.dirty ||= transit.begun;
      if (transit.counted) this.#rule.unmarked();
      // there is room again
      this.stir();
    }
    if (this.#leaving && this.idle) this.#quit();
  }

  #conclude(head: Transit, verdict: Attempt): void {
    this.#transits.shift();
    if (head.counted) this.#rule.unmarked();
    this.#speaker.dirty ||=
      verdict.kind !== 'accepted' && !(verdict.kind === 'refused' && verdict.stage === 'dot');
    if (verdict.kind === 'server fault') this.#retreat(verdict.reason);
    else this.#served += 1;
    this.#settle(head.passage, verdict);
    if (this.#leaving && this.idle) this.#quit();
  }

  #settle(passage: Passage, attempt: Attempt): void {
    if (attempt.kind === 'server fault') {
      if (this.#served > 0) this.#owner.handBack(passage);
      else passage.meetFault(`${this.#terms.where}: ${attempt.reason}`);
      return;
    }
    this.#rule.answered();
    passage.settle(attempt, () => {
      this.#rule.recorded();
      this.stir();
    });
  }

  /** Waits for the answers to what was dotted; all else goes elsewhere. */
  #retreat(reason: string): void {
    this.#leaving = true;
    const undotted = this.#transits.filter((transit) => !isDotted(transit));
    this.#transits = this.#transits.filter(isDotted);
    this.#abandon(undotted, reason, 1);
  }

  /** @param first how many messages came before these; the first one of a fresh connection shows what it is worth. */
  #abandon(transits: readonly Transit[], reason: string, first: number): void {
    // the last one first: each is handed back to the front of those who wait
    for (let at = transits.length - 1; at >= 0; at -= 1) {
      const transit = transits[at] as Transit;
      const { passage, verdict } = transit;
      const untaken = this.#dismissed && !transit.answered;
      if (passage.over || verdict) this.#settle(passage, verdict ?? { kind: 'withheld' });
      else if (transit.dotted && !untaken) this.#settle(passage, lost(true, reason));
      else if (first + at > 0 || this.#served > 0) this.#owner.handBack(passage);
      else this.#settle(passage, lost(false, reason));
    }
  }

  #quit(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#socket.quit();
    this.#owner.left(this);
  }

  #watch(): void {
    const awaited = this.idle ? 'idle' : (this.#transits[0]?.awaits ?? null);
    if (awaited === this.#watched && awaited !== null) return;
    this.#watched = awaited;
    if (awaited === null) this.#socket.expectNothing();
    else this.#socket.expect(timeoutOf(awaited, this.#terms.timeouts));
  }
}

const isDotted = ({ dotted }: Transit): boolean => dotted;
const isOver = ({ passage }: Transit): boolean => passage.over;
