import type { Generated, GeneratedAlways } from 'kysely';
import type { EditionId, LinkId, SendId, SubscriberId, VisitId } from '../ids.ts';

/** Opens and clicks, and the links of frozen letters. */

export interface LinksTable {
  id: GeneratedAlways<LinkId>;
  edition_id: EditionId;
  number: number;
  url: string;
}

export type VisitKind = 'open' | 'click' | 'canary link';

export type VisitClass = 'human' | 'scanner' | 'unknown';

export interface VisitsTable {
  id: GeneratedAlways<VisitId>;
  at: Date;
  kind: VisitKind;
  method: 'GET' | 'HEAD';
  send_id: SendId;
  link_id: LinkId | null;
  subscriber_id: SubscriberId | null;
  visitor: Buffer | null;
  agent: string;
  network: string | null;
  prefetch: boolean;
  since_send_s: number | null;
  class: Generated<VisitClass | null>;
  reason: Generated<string | null>;
}

export interface VisitSaltsTable {
  /** "2026-11-23", in UTC. */
  day: string;
  salt: Buffer;
}

export interface VisitReportsTable {
  send_id: SendId;
  is_stale: Generated<boolean>;
  counted_at: Date | null;
  ended_at: Date | null;
}

export interface VisitCountsTable {
  send_id: SendId;
  kind: VisitKind;
  link_id: LinkId | null;
  class: VisitClass | null;
  reason: string | null;
  visits: number;
  visitors: number;
}
