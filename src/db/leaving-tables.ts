import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { EditorId, PublicationId } from '../ids.ts';

/** Addresses that are mailed no more, those that are mailed again, and why readers leave. */

export type SuppressionReason = 'bounce' | 'complaint' | 'erased' | 'manual';

export interface SuppressionsTable {
  address_hash: Buffer;
  email: string | null;
  reason: SuppressionReason;
  evidence: ColumnType<Record<string, unknown>, string | undefined, string>;
  since: Generated<Date>;
  /** Read with the suppression store's own zod schema. */
  replaced: ColumnType<unknown, string | null | undefined, string | null>;
}

export interface LiftedSuppressionsTable {
  id: GeneratedAlways<number>;
  address_hash: Buffer;
  email: string | null;
  reason: SuppressionReason;
  evidence: ColumnType<Record<string, unknown>, string | undefined, string>;
  since: Date;
  replaced: ColumnType<unknown, string | null | undefined, string | null>;
  lifted_at: Date;
  via: 'confirmation' | 'desk' | 'command line';
  editor_id: EditorId | null;
  why: Generated<string>;
}

export type LeavingReason = 'too often' | 'not relevant' | 'did not sign up' | 'other';

export interface LeavingReasonsTable {
  event_id: number;
  publication_id: PublicationId;
  at: Date;
  reason: LeavingReason;
  words: Generated<string>;
}
