import type { Db } from '../db/database.ts';
import {
  type OpenWork,
  openWork,
  type QueueAges,
  queueAges,
  type StandingSends,
  standingSends,
} from '../delivery/standing-store.ts';
import { type CountedWork, countedWork } from '../delivery/work-count-store.ts';
import { inboxAge } from '../feedback/raw-event-store.ts';
import { type StandingNotices, standingNotices } from '../notices/standing-notice-store.ts';
import { type LimitInForce, limitsInForce } from '../outbound/throttle-store.ts';
import { type VisitTotal, visitTotals } from '../visits/visit-count-store.ts';

/** What Postgres knows of the whole press at one moment, whichever processes did the work. */
export interface PressFacts {
  readonly counted: readonly CountedWork[];
  readonly sends: readonly StandingSends[];
  readonly open: readonly OpenWork[];
  readonly ages: QueueAges & { readonly inbox: number };
  readonly notices: StandingNotices;
  readonly limits: readonly LimitInForce[];
  readonly visits: readonly VisitTotal[];
}

export async function pressFacts(db: Db): Promise<PressFacts> {
  return {
    counted: await countedWork(db),
    sends: await standingSends(db),
    open: await openWork(db),
    ages: { ...(await queueAges(db)), inbox: await inboxAge(db) },
    notices: await standingNotices(db),
    limits: await limitsInForce(db),
    visits: await visitTotals(db),
  };
}
