import type { VisitTarget } from '../tokens/visit-token.ts';

/** A visit as it reached us. The visitor's address is here and nowhere else: in memory, until the visit is written. */
export interface Arrival {
  readonly at: Date;
  readonly target: VisitTarget;
  readonly method: 'GET' | 'HEAD';
  /** Whole, as the proxies that are trusted say it. */
  readonly address: string;
  readonly agent: string;
  /** Somebody's program fetched it before anybody asked for it. */
  readonly prefetch: boolean;
}
