import type { Clock } from '../clock.ts';
import { SECOND_MS } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { persistently } from '../db/persistently.ts';
import type { SendId, SubscriberId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Signer } from '../outbound/dkim.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { providerOf } from '../outbound/providers.ts';
import { addressSalt } from '../publications/installation.ts';
import { publicationById } from '../publications/publication-store.ts';
import type { Tokens } from '../tokens.ts';
import { type ClaimedBatch, claimBatch, extendLease, releaseBatch } from './batch-store.ts';
import { frozenEditions } from './freeze-store.ts';
import { GroupCommit } from './group-commit.ts';
import type { Lanes } from './lanes.ts';
import {
  type CountedOutcome,
  markHandedOver,
  type ReaderNow,
  readersNow,
  recordOutcomes,
  recordUnmailable,
  type WorkableRow,
  workableRows,
} from './ledger-store.ts';
import { type LetterContext, letterStamper, type StampLetter } from './letter.ts';
import { outcomeOf, withoutAddresses } from './outcome.ts';
import { findSend, finishIfDone, serverIsBack, waitForServer } from './send-store.ts';

export interface BatchDeps {
  readonly db: Database['db'];
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Config['limits'];
  readonly tokens: Tokens;
  readonly publicUrl: string;
  readonly outbound: Outbound;
  /** Null: letters go out unsigned. */
  readonly signer: Signer | null;
  readonly lanes: Lanes;
  /** Aborted when this process is to stop: what is in flight is finished and recorded, nothing new is begun. */
  readonly stopping: AbortSignal;
}

/** After so many messages it is read again who may still be mailed. */
const CHUNK = 100;
const SERVER_WAIT_MS = 5 * SECOND_MS;

/**
 * Works one batch of a send under a lease: claims it, reads who may be mailed, sends, records, lets it go.
 * Doing nothing is right when another worker has it, or when the send is paused, cancelled or waiting.
 */
export async function workBatch(deps: BatchDeps, send: SendId, number: number): Promise<void> {
  const claim = await claimBatch(deps.db, send, number, deps.limits.leaseMs, deps.limits.unknownWaitMs);
  if (!claim) return;
  const work = new BatchWork(deps, claim, await letterContext(deps, send));
  await work.run();
  await releaseBatch(deps.db, claim);
  if (await finishIfDone(deps.db, send)) deps.log.info({ event: 'send finished', send });
}

async function letterContext(deps: BatchDeps, id: SendId): Promise<LetterContext> {
  const send = await findSend(deps.db, id);
  const publication = await publicationById(deps.db, send.publication_id);
  const editions = await frozenEditions(deps.db, id);
  return {
    send,
    publication,
    editions,
    salt: await addressSalt(deps.db),
    tokens: deps.tokens,
    signer: deps.signer,
    publicUrl: deps.publicUrl,
  };
}

/** One claim at work: from the claim to the release it holds the lease, the marks and the outcomes. */
class BatchWork {
  readonly #deps: BatchDeps;
  readonly #claim: ClaimedBatch;
  readonly #context: LetterContext;
  readonly #stamp: StampLetter;
  readonly #marks: GroupCommit<SubscriberId, boolean>;
  readonly #outcomes: GroupCommit<CountedOutcome, undefined>;
  /** Why nothing more may be begun; null while the batch may go on. */
  #stop: 'superseded' | 'server fault' | 'withheld' | null = null;
  #waited: boolean;
  /** Letters that could not be written or recorded. The other readers' go out, and then the batch fails and is tried again. */
  readonly #failures: unknown[] = [];

  constructor(deps: BatchDeps, claim: ClaimedBatch, context: LetterContext) {
    this.#deps = deps;
    this.#claim = claim;
    this.#context = context;
    this.#stamp = letterStamper(context);
    this.#waited = context.send.waiting_reason !== null;
    this.#marks = new GroupCommit(async (ids) => {
      const marked = await markHandedOver(deps.db, claim, ids);
      return ids.map((id) => marked.has(id));
    });
    this.#outcomes = new GroupCommit(async (outcomes) => {
      await persistently(() => recordOutcomes(deps.db, claim, outcomes, deps.limits.deferMaxAgeMs));
      return outcomes.map(() => undefined);
    });
  }

  async run(): Promise<void> {
    const heartbeat = setInterval(() => void this.#keepLease(), this.#deps.limits.leaseMs / 3);
    try {
      const rows = await workableRows(this.#deps.db, this.#claim);
      for (let start = 0; start < rows.length && this.#mayGoOn(); start += CHUNK) {
        await this.#sendChunk(rows.slice(start, start + CHUNK));
      }
      if (this.#failures.length > 0) throw this.#failures[0];
    } finally {
      clearInterval(heartbeat);
    }
  }

  #mayGoOn(): boolean {
    return this.#stop === null && !this.#deps.stopping.aborted;
  }

  async #keepLease(): Promise<void> {
    const held = await extendLease(this.#deps.db, this.#claim, this.#deps.limits.leaseMs).catch(() => true);
    if (!held) this.#stop = 'superseded';
  }

  async #sendChunk(rows: readonly WorkableRow[]): Promise<void> {
    const readers = await readersNow(
      this.#deps.db,
      rows.map(({ id }) => id),
    );
    await this.#recordUnmailable('left', readers.filter(hasLeft));
    await this.#recordUnmailable('suppressed', readers.filter(isSuppressed));
    const attempts = new Map(rows.map((row) => [row.id, row.attempts]));
    const sent = readers
      .filter(isMailable)
      .map((reader) => this.#deps.lanes.use(() => this.#sendOne(reader, attempts.get(reader.id) ?? 0)));
    for (const one of await Promise.allSettled(sent)) {
      if (one.status === 'rejected') this.#failures.push(one.reason);
    }
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
    const { outbound, clock, limits } = this.#deps;
    const raw = await this.#stamp(reader, clock.now());
    const message = { from: this.#context.publication.from_address, to: reader.email, raw };
    const attempt = await outbound.send(message, {
      mark: () => this.#marks.add(reader.id),
      record: async (ending) => {
        const outcome = withoutAddresses(outcomeOf(ending, reader.id, attempts, limits.unknownWaitMs));
        await this.#outcomes.add({ ...outcome, provider: providerOf(reader.email) });
      },
    });
    if (attempt.kind === 'server fault') await this.#serverFault(attempt.reason);
    if (attempt.kind === 'withheld') this.#stop ??= 'withheld';
    if (attempt.kind === 'accepted' || attempt.kind === 'refused') await this.#serverAnswers();
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

/** This publication's reader is gone: unsubscribed, complained, erased, or asked again and not yet confirmed. */
function hasLeft({ status }: ReaderNow): boolean {
  return status === null || status === 'unsubscribed' || status === 'complained' || status === 'pending';
}

function isSuppressed(reader: ReaderNow): boolean {
  return !hasLeft(reader) && (reader.suppressed || reader.status === 'bounced');
}

function isMailable(reader: ReaderNow): boolean {
  return reader.status === 'active' && !reader.suppressed;
}
