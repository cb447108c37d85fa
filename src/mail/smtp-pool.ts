import type { Attempt, Handover, OutgoingMessage } from './attempt.ts';
import { ServerFault } from './dialogue.ts';
import { type SignInTarget, signIn } from './handshake.ts';
import { Passage } from './passage.ts';
import { type ConnectionOwner, SmtpConnection } from './smtp-connection.ts';
import { TIMEOUTS, type Timeouts } from './timeouts.ts';

export interface PoolTarget extends SignInTarget {
  /** The most connections at once. */
  readonly connections: number;
  /** How many messages of one connection may be marked, or answered and not yet recorded. */
  readonly depth: number;
  readonly timeouts?: Partial<Timeouts>;
}

/** Messages that may be under way by this server at once: on the wire, and as many again being marked or recorded. */
export function placesOf({ connections, depth }: PoolTarget): number {
  return connections * depth * 2;
}

/** A server that takes so many connections and no more is not asked for another one before this. */
const ENOUGH_MS = 5000;

/**
 * Kept connections to one server, and the messages that wait for one. An idle connection is used first, then a new one
 * is opened, and only then messages go ahead on those that are busy.
 */
export class SmtpPool implements ConnectionOwner {
  readonly target: PoolTarget;
  readonly #where: string;
  readonly #timeouts: Timeouts;
  readonly #connections = new Set<SmtpConnection>();
  #opening = 0;
  #openNextAt = 0;
  readonly #waiting: Passage[] = [];
  #stirred: SmtpConnection[] = [];
  #turning = false;
  #closed = false;

  constructor(target: PoolTarget) {
    this.target = target;
    this.#where = `${target.host}:${target.port}`;
    this.#timeouts = { ...TIMEOUTS, ...target.timeouts };
  }

  /** Resolves when what became of it is recorded; rejects only with what the handover throws. */
  send(message: OutgoingMessage, handover: Handover): Promise<Attempt> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(new Passage(message, handover, resolve, reject));
      this.#wake();
    });
  }

  /** Signs in and leaves: is the server there, and does it take us? Throws {@link ServerFault}. */
  async check(): Promise<void> {
    (await signIn(this.target, this.#timeouts)).socket.quit();
  }

  /** Leaves the server; what is under way is finished first. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  stirred(connection: SmtpConnection): void {
    this.#stirred.push(connection);
    this.#wake();
  }

  handBack(passage: Passage): void {
    passage.carrier = null;
    this.#waiting.unshift(passage);
  }

  left(connection: SmtpConnection): void {
    this.#connections.delete(connection);
    this.#wake();
  }

  /** All that happens in one round of events leads to one round of writing. */
  #wake(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      this.#deal();
      for (const connection of this.#stirred.splice(0)) connection.advance();
      if (this.#closed && this.#waiting.length === 0) this.#leaveAll();
    });
  }

  #leaveAll(): void {
    for (const connection of [...this.#connections]) connection.leave();
  }

  #deal(): void {
    for (;;) {
      const passage = this.#waiting[0];
      if (!passage) return;
      const connection = this.#chosen();
      if (!connection?.idle && this.#mayOpen()) this.#open();
      else if (passage.over) this.#waiting.shift();
      else if (!connection || (!connection.idle && this.#waiting.length <= this.#opening)) return;
      else connection.take(this.#waiting.shift() as Passage);
    }
  }

  #chosen(): SmtpConnection | null {
    let chosen: SmtpConnection | null = null;
    for (const connection of this.#connections) {
      if (connection.hasRoom && (chosen === null || connection.load < chosen.load)) chosen = connection;
    }
    return chosen;
  }

  #mayOpen(): boolean {
    const open = this.#connections.size + this.#opening;
    if (open >= this.target.connections || this.#opening >= this.#waiting.length) return false;
    return open === 0 || performance.now() >= this.#openNextAt;
  }

  #open(): void {
    this.#opening += 1;
    signIn(this.target, this.#timeouts).then(
      (signedIn) => {
        this.#opening -= 1;
        const { depth } = this.target;
        const terms = { where: this.#where, depth, timeouts: this.#timeouts };
        const connection = new SmtpConnection(signedIn, terms, this);
        this.#connections.add(connection);
        this.#wake();
      },
      (error: unknown) => {
        this.#opening -= 1;
        this.#refused(error);
      },
    );
  }

  /** While others carry mail, a refused connection is one too many; when it was the last hope, nobody's goes. */
  #refused(error: unknown): void {
    this.#openNextAt = performance.now() + ENOUGH_MS;
    if (this.#connections.size + this.#opening > 0) {
      this.#wake();
      return;
    }
    for (const passage of this.#waiting.splice(0)) {
      if (error instanceof ServerFault) passage.meetFault(error.message);
      else passage.fail(error);
    }
  }
}
