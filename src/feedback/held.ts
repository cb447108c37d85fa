import type { PublicationId } from '../ids.ts';
import { suppressReader } from '../subscribers/suppress.ts';
import type { FeedbackDeps } from './act.ts';
import { evidenceOf } from './affect-readers.ts';
import { takeHeld } from './held-store.ts';

/** Readers are not locked for long, however many there are. */
const AT_ONCE = 200;

type Deps = Pick<FeedbackDeps, 'db' | 'clock'>;

/** The editor believes the provider: those addresses are mailed no more. Answers how many. */
export async function believeHeld({ db, clock }: Deps, publication: PublicationId): Promise<number> {
  for (let done = 0; ; ) {
    const taken = await db.transaction().execute(async (tx) => {
      const bounces = await takeHeld(tx, publication, 'suppressed', AT_ONCE);
      for (const bounce of bounces.toSorted((a, b) => a.subscriber_id - b.subscriber_id)) {
        const why = { reason: 'bounce', evidence: evidenceOf(bounce), now: clock.now() } as const;
        await suppressReader(tx, bounce.subscriber_id, why);
      }
      return bounces.length;
    });
    done += taken;
    if (taken === 0) return done;
  }
}

/** It was an outage: nothing more comes of it. Answers how many. */
export async function dropHeld({ db }: Deps, publication: PublicationId): Promise<number> {
  for (let done = 0; ; ) {
    const taken = await db.transaction().execute((tx) => takeHeld(tx, publication, 'dropped', AT_ONCE));
    done += taken.length;
    if (taken.length === 0) return done;
  }
}
