import type { Db } from '../db/database.ts';
import { persistently } from '../db/persistently.ts';
import type { SubscriberId } from '../ids.ts';
import type { Claim } from './batch-store.ts';
import { GroupCommit } from './group-commit.ts';
import { type CountedOutcome, markHandedOver, recordOutcomes } from './ledger-store.ts';

interface Marked {
  readonly claim: Claim;
  readonly id: SubscriberId;
}

interface Ended {
  readonly claim: Claim;
  readonly outcome: CountedOutcome;
}

/**
 * The ledger as one process writes it: marks and outcomes of all batches that it works, gathered into few
 * statements. Each row is still guarded by its own claim.
 */
export class Ledger {
  readonly #marks: GroupCommit<Marked, boolean>;
  readonly #outcomes: GroupCommit<Ended, undefined>;

  /** @param deferMaxAgeMs a delivery that is deferred for longer is rejected. */
  constructor(db: Db, deferMaxAgeMs: number) {
    this.#marks = new GroupCommit(async (marks) => {
      const marked = new Map<Claim, ReadonlySet<SubscriberId>>();
      for (const [claim, own] of byClaim(marks)) {
        const ids = own.map(({ id }) => id);
        marked.set(claim, await markHandedOver(db, claim, ids));
      }
      return marks.map(({ claim, id }) => marked.get(claim)?.has(id) ?? false);
    });
    this.#outcomes = new GroupCommit(async (ended) => {
      for (const [claim, own] of byClaim(ended)) {
        const outcomes = own.map(({ outcome }) => outcome);
        await persistently(() => recordOutcomes(db, claim, outcomes, deferMaxAgeMs));
      }
      return ended.map(() => undefined);
    });
  }

  /** Resolves when the row is durably `handed over`; false: its message must not be sent. */
  mark(claim: Claim, id: SubscriberId): Promise<boolean> {
    return this.#marks.add({ claim, id });
  }

  /** Resolves when the outcome is durable, or a later claim has taken the row over. */
  record(claim: Claim, outcome: CountedOutcome): Promise<void> {
    return this.#outcomes.add({ claim, outcome });
  }
}

function byClaim<Item extends { readonly claim: Claim }>(items: readonly Item[]): Map<Claim, Item[]> {
  return Map.groupBy(items, ({ claim }) => claim);
}
