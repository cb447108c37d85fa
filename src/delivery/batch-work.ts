import type { Clock } from '../clock.ts';
import { SECOND_MS } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { Ending } from '../mail/attempt.ts';
import type { Signer } from '../outbound/dkim.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { providerOf } from '../outbound/providers.ts';
import type { Admission, Throttle } from '../outbound/throttle.ts';
import type { BounceAddresses } from '../tokens/bounce-address.ts';
import type { Tokens } from '../tokens.ts';
import { type Claim, type ClaimedBatch, extendLease } from './batch-store.ts';
import type { Lanes } from './lanes.ts';
import type { Ledger } from './ledger.ts';
import {
  type ReaderNow,
  readersNow,
  recordUnmailable,
  type WorkableRow,
  workableRows,
} from './ledger-store.ts';
import { type LetterContext, letterStamper, type StampLetter } from './letter.ts';
import { hasLeft, isMailable, isSuppressed } from './mailable.ts';
import { outcomeOf, withoutAddresses } from './outcome.ts';
import { serverIsBack, waitForServer } from './send-store.ts';
import { passed } from './steps.ts';
import { mustYield } from './turn-store.ts';

export interface BatchDeps {
  readonly db: Database['db'];
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Config['limits'];
  readonly tokens: Tokens;
  readonly publicUrl: string;
  readonly outbound: Outbound;
  /** Null: the publication's address is the envelope sender. */
  readonly bounces: BounceAddresses | null;
  /** Null: letters go out unsigned. */
  readonly signer: Signer | null;
  readonly lanes: Lanes;
  readonly ledger: Ledger;
  readonly throttle: Throttle;
  /** Has a batch that was let go looked at again, by somebody, in so many milliseconds. */
  readonly wakeLater: (claim: Claim, waitMs: number) => void;
  /** Aborted when this process is to stop: what is in flight is finished and recorded, nothing new is begun. */
  readonly stopping: AbortSignal;
}

/** After so many messages it is read again who may still be mailed. */
const CHUNK = 100;
const SERVER_WAIT_MS = 5 * SECOND_MS;

/** One claim at work: from the claim to the release it holds the lease, the marks and the outcomes. */
export class BatchWork {
  readonly #deps: BatchDeps;
  readonly #claim: ClaimedBatch;
  readonly #stamp: StampLetter;
  readonly #admission: Admission;
  /** Why nothing more may be begun; null while the batch may go on. */
  #stop: 'superseded' | 'server fault' | 'withheld' | 'yielded' | null = null;
  #waited: boolean;
  /** Letters that are on their way. */
  readonly #underWay = new Set<Promise<void>>();
  /** Letters that could not be written or recorded. The other readers' go out, and then the batch fails and is tried again. */
  readonly #failures: unknown[] = [];

  constructor(deps: BatchDeps, claim: ClaimedBatch, context: LetterContext) {
    this.#deps = deps;
    this.#claim = claim;
    this.#stamp = letterStamper(context);
    this.#admission = deps.throttle.admission();
    this.#waited = context.send.waiting_reason !== null;
  }

  /** @returns how many milliseconds it is until some of those may go whom their providers' limits held back; null: none. */
  async run(): Promise<number | null> {
    const heartbeat = setInterval(() => void this.#keepLease(), this.#deps.limits.leaseMs / 3);
    try {
      const rows = await workableRows(this.#deps.db, this.#claim);
      for (let start = 0; start < rows.length && this.#mayGoOn(); start += CHUNK) {
        await this.#beginChunk(rows.slice(start, start + CHUNK));
      }
    } finally {
      await Promise.all(this.#underWay);
      clearInterval(heartbeat);
    }
    if (this.#failures.length > 0) throw this.#failures[0];
    await this.#deps.throttle.settled();
    return this.#mayGoOn() ? this.#admission.waitMs() : null;
  }

  #mayGoOn(): boolean {
    return this.#stop === null && !this.#deps.stopping.aborted;
  }

  async #keepLease(): Promise<void> {
    const { db, limits } = this.#deps;
    const held = await extendLease(db, this.#claim, limits.leaseMs).catch(() => true);
    if (!held) this.#stop = 'superseded';
    // only a batch that takes long comes here: servers are slow, or limits low, and another send would wait long too
    else if (await mustYield(db, this.#claim.send).catch(() => false)) this.#stop ??= 'yielded';
  }

  /** Ends when the last of the chunk has a lane: the next ones are read when it is nearly their turn. */
  async #beginChunk(rows: readonly WorkableRow[]): Promise<void> {
    const readers = await readersNow(
      this.#deps.db,
      rows.map(({ id }) => id),
    );
    passed('read again');
    await this.#recordUnmailable('left', readers.filter(hasLeft));
    await this.#recordUnmailable('suppressed', readers.filter(isSuppressed));
    const attempts = new Map(rows.map((row) => [row.id, row.attempts]));
    for (const reader of await this.#admitted(readers.filter(isMailable))) {
      await this.#deps.lanes.enter();
      this.#begin(reader, attempts.get(reader.id) ?? 0);
    }
  }

  /** The others' rows stay as they are, for another claim. */
  async #admitted(readers: readonly ReaderNow[]): Promise<readonly ReaderNow[]> {
    const admitted = await this.#admission.admit(readers.map(({ email }) => email));
    return readers.filter((_reader, index) => admitted[index]);
  }

  #begin(reader: ReaderNow, attempts: number): void {
    const sent = this.#sendOne(reader, attempts)
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => {
        this.#deps.lanes.leave();
        this.#underWay.delete(sent);
      });
    this.#underWay.add(sent);
  }

  #recordUnmailable(state: 'left' | 'suppressed', readers: readonly ReaderNow[]): Promise<void> {
    return recordUnmailable(
      this.#deps.db,
      this.#claim,
      state,
      readers.map(({ id }) => id),
    );
  }

  async #sendOne(reader: ReaderNow, attempts: number): Promise<void> {
    if (!this.#mayGoOn()) return;
    const { outbound, clock } = this.#deps;
    const message = await this.#stamp(reader, clock.now());
    passed('stamped');
    const handover = {
      mark: () => this.#mark(reader),
      record: (ending: Ending) => this.#record(reader, attempts, ending),
    };
    const attempt = await outbound.send(message, handover, () => this.#mayGoOn());
    if (attempt.kind === 'server fault') await this.#serverFault(attempt.reason);
    if (attempt.kind === 'withheld') this.#stop ??= 'withheld';
    if (attempt.kind === 'accepted' || attempt.kind === 'refused') await this.#serverAnswers();
  }

  async #mark({ id }: ReaderNow): Promise<boolean> {
    const marked = await this.#deps.ledger.mark(this.#claim, id);
    passed('marked');
    return marked;
  }

  async #record({ id, email }: ReaderNow, attempts: number, ending: Ending): Promise<void> {
    passed('answered');
    this.#deps.throttle.heard(email, ending);
    const outcome = withoutAddresses(outcomeOf(ending, id, attempts, this.#deps.limits.unknownWaitMs));
    await this.#deps.ledger.record(this.#claim, { ...outcome, provider: providerOf(email) });
    passed('recorded');
  }

  async #serverFault(reason: string): Promise<void> {
    if (this.#stop) return;
    this.#stop = 'server fault';
    this.#deps.log.warn({ event: 'send waits for its mail server', send: this.#claim.send, reason });
    await waitForServer(this.#deps.db, this.#claim.send, reason, SERVER_WAIT_MS);
  }

  async #serverAnswers(): Promise<void> {
    if (!this.#waited) return;
    this.#waited = false;
    await serverIsBack(this.#deps.db, this.#claim.send);
  }
}
