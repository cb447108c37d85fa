import { unreachable } from '../result.ts';
import type { Attempt } from './attempt.ts';
import type { Envelope } from './envelope.ts';
import type { Passage } from './passage.ts';
import type { WireReply } from './reply-reader.ts';
import { accepted, refused, serverFault } from './verdict.ts';

/** What is said to a server for one message, each answered once; 'dot' is the final dot or the last chunk. */
export type Stage = 'rset' | 'mail' | 'rcpt' | 'data' | 'dot';

const BY_DATA: readonly Stage[] = ['mail', 'rcpt', 'data', 'dot'];
const BY_CHUNK: readonly Stage[] = ['mail', 'rcpt', 'dot'];

/** One message on one connection: what of it was said, and what was heard. */
export class Transit {
  readonly passage: Passage;
  readonly envelope: Envelope;
  /** It is one of the connection's marked messages without a reply. */
  counted = false;
  /** The server waits for the message (354). */
  goAhead = false;
  recipientTaken = false;
  /** What came of it, known from the first refusal on. */
  verdict: Attempt | null = null;
  #stages: readonly Stage[];
  #said = 0;
  #heard = 0;

  constructor(passage: Passage, envelope: Envelope, chunking: boolean) {
    this.passage = passage;
    this.envelope = envelope;
    this.#stages = chunking ? BY_CHUNK : BY_DATA;
  }

  /** What the next reply answers; null: nothing is awaited. */
  get awaits(): Stage | null {
    return this.#heard < this.#said ? (this.#stages[this.#heard] ?? null) : null;
  }

  get begun(): boolean {
    return this.#said > 0;
  }

  get answered(): boolean {
    return this.#heard > 0;
  }

  /** The server may deliver it, whatever we do. */
  get dotted(): boolean {
    return this.#said === this.#stages.length;
  }

  /** What is to be said next; null: all was said. */
  get next(): Stage | null {
    return this.#stages[this.#said] ?? null;
  }

  /** The server is told to forget what it was told before. */
  resetFirst(): void {
    this.#stages = ['rset', ...this.#stages];
  }

  said(): void {
    this.#said += 1;
  }

  /** @returns false where the reply answers nothing that was said: who counts replies is lost then. */
  hear(reply: WireReply): boolean {
    const stage = this.#stages[this.#heard] as Stage;
    this.#heard += 1;
    const refusal = reply.code >= 400;
    if (reply.code < 400 && reply.code >= 300 && stage !== 'data') return false;
    switch (stage) {
      case 'rset':
        return !refusal;
      case 'mail':
        if (refusal) this.verdict = serverFault(`MAIL FROM: ${refused('data', reply).reply}`);
        return true;
      case 'rcpt':
        if (refusal) this.verdict ??= refused('rcpt', reply);
        this.recipientTaken = this.verdict === null;
        return true;
      case 'data':
        if (refusal) this.verdict ??= refused('data', reply);
        this.goAhead = !refusal;
        // some servers say 250 for 354; after a refusal nobody could know what it means
        return refusal || reply.code >= 300 || this.verdict === null;
      case 'dot':
        this.verdict ??= refusal ? refused('dot', reply) : accepted(reply);
        return true;
      default:
        return unreachable(stage);
    }
  }
}
