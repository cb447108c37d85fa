import type { Db } from '../db/database.ts';
import { persistently } from '../db/persistently.ts';
import type { SubscriberId } from '../ids.ts';
import type { Claim } from './batch-store.ts';
import { GroupCommit } from './group-commit.ts';
import {
  type ClaimedOutcome,
  type CountedOutcome,
  type Mark,
  markHandedOver,
  recordOutcomes,
} from './ledger-store.ts';

/** About as long as a commit takes, so that a flush comes at most once in two of them. */
const PATIENCE_MS = 5;

/**
 * The ledger as one process writes it: marks and outcomes of all batches that it works, gathered into few
 * statements. Each row is still guarded by its own claim.
 */
export class Ledger {
  readonly #marks: GroupCommit<Mark, boolean>;
  readonly #outcomes: GroupCommit<ClaimedOutcome, undefined>;

  /**
   * @param deferMaxAgeMs a delivery that is deferred for longer is rejected.
   * @param places messages under way at once: while a quarter of them waits for the ledger, the others keep the
   *   connections busy.
   */
  constructor(db: Db, deferMaxAgeMs: number, places: number) {
    const patience = { enough: Math.ceil(places / 4), ms: PATIENCE_MS };
    this.#marks = new GroupCommit((marks) => markHandedOver(db, marks), patience);
    this.#outcomes = new GroupCommit(async (outcomes) => {
      await persistently(() => recordOutcomes(db, outcomes, deferMaxAgeMs));
      return outcomes.map(() => undefined);
    }, patience);
  }

  /** Resolves when the row is durably `handed over`; false: its message must not be sent. */
  mark(claim: Claim, id: SubscriberId): Promise<boolean> {
    return this.#marks.add({ claim, id });
  }

  /** Resolves when the outcome is durable, or a later claim has taken the row over. */
  record(claim: Claim, outcome: CountedOutcome): Promise<void> {
    return this.#outcomes.add({ ...outcome, claim });
  }
}
