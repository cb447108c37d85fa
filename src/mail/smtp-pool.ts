import { type Attempt, type Handover, isEnding, type OutgoingMessage } from './attempt.ts';
import { ServerFault, type SessionTarget, SmtpSession } from './smtp-session.ts';

export interface PoolTarget extends SessionTarget {
  /** The most sessions at once. */
  readonly connections: number;
  /** How many messages of one connection may be marked, or answered and not yet recorded. */
  readonly depth: number;
}

/** Messages that may be under way by this server at once: on the wire, and as many again being marked or recorded. */
export function placesOf({ connections, depth }: PoolTarget): number {
  return connections * depth * 2;
}

/** Kept sessions to one server. More messages at once than `connections` wait for a free one. */
export class SmtpPool {
  readonly target: PoolTarget;
  readonly #idle: SmtpSession[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  constructor(target: PoolTarget) {
    this.target = target;
  }

  async send(message: OutgoingMessage, handover: Handover): Promise<Attempt> {
    await this.#enter();
    try {
      const attempt = await this.#sendOnSession(message, () => handover.mark());
      if (isEnding(attempt)) await handover.record(attempt);
      return attempt;
    } catch (error) {
      if (error instanceof ServerFault) return { kind: 'server fault', reason: error.message };
      throw error;
    } finally {
      this.#leave();
    }
  }

  /** Opens a session and ends it: is the server there, and does it sign us in? Throws {@link ServerFault}. */
  async check(): Promise<void> {
    (await SmtpSession.open(this.target)).quit();
  }

  close(): void {
    this.#closed = true;
    for (const session of this.#idle.splice(0)) session.quit();
  }

  async #sendOnSession(message: OutgoingMessage, mark: Handover['mark']): Promise<Attempt> {
    const kept = this.#takeIdle();
    if (kept) {
      let marked = false;
      const attempt = await this.#sendOn(kept, message, () => {
        marked = true;
        return mark();
      });
      // a server may end an idle session at any time (RFC 5321 section 4.5.3.2.7), and some take so many messages on
      // one and no more (Exim's smtp_accept_max_per_connection): that is no reader's outcome, and no fault yet
      const spent = attempt.kind === 'lost' || attempt.kind === 'server fault';
      if (!spent || marked) return attempt;
    }
    return this.#sendOn(await SmtpSession.open(this.target), message, mark);
  }

  async #sendOn(session: SmtpSession, message: OutgoingMessage, mark: Handover['mark']): Promise<Attempt> {
    try {
      return await session.send(message, mark);
    } finally {
      if (session.usable && !this.#closed) this.#idle.push(session);
      else session.quit();
    }
  }

  #takeIdle(): SmtpSession | undefined {
    let session = this.#idle.pop();
    while (session && !session.usable) session = this.#idle.pop();
    return session;
  }

  async #enter(): Promise<void> {
    if (this.#busy < this.target.connections) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy -= 1;
  }
}
