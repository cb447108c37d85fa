import type { Generated, GeneratedAlways } from 'kysely';
import type {
  EditionId,
  IssueId,
  OutcomeEventId,
  PublicationId,
  RevisionId,
  SendId,
  SubscriberId,
} from '../ids.ts';

/** A send, its frozen editions and audience, and the ledger. */

export interface EditionsTable {
  id: GeneratedAlways<EditionId>;
  issue_id: IssueId;
  revision_id: RevisionId;
  locale: string;
  subject: string;
  html: string;
  text: string;
  created_at: Generated<Date>;
}

export type SendState = 'scheduled' | 'held' | 'sending' | 'paused' | 'finished' | 'cancelled';

/** Failed: the send was paused for it; what the editor resumes goes to everyone. */
export type CanaryState = 'running' | 'passed' | 'failed';

export interface SendsTable {
  id: GeneratedAlways<SendId>;
  publication_id: PublicationId;
  issue_id: IssueId;
  retry_of: SendId | null;
  again: Generated<boolean>;
  state: SendState;
  due_at: Date;
  held_reason: string | null;
  frozen_at: Date | null;
  audience_size: Generated<number>;
  waiting_reason: string | null;
  waiting_until: Date | null;
  ran_ms: Generated<number>;
  running_since: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  condensed_at: Date | null;
  created_at: Generated<Date>;
  paused_reason: string | null;
  canary: CanaryState | null;
  canary_batches: Generated<number>;
  canary_tried_at: Date | null;
  bounced: Generated<number>;
  complained: Generated<number>;
  base_accepted: Generated<number>;
  base_rejected: Generated<number>;
  base_bounced: Generated<number>;
  base_complained: Generated<number>;
  local_at: string | null;
}

export interface SendEditionsTable {
  send_id: SendId;
  locale: string;
  edition_id: EditionId;
}

export interface BatchesTable {
  send_id: SendId;
  number: number;
  subscriber_ids: SubscriberId[];
  size: number;
  claimed_at: Date | null;
  is_open: Generated<boolean>;
  due_at: Date;
  lease_until: Date | null;
  fence: Generated<number>;
  accepted_count: Generated<number>;
  rejected_count: Generated<number>;
  deferred_count: Generated<number>;
  suppressed_count: Generated<number>;
  left_count: Generated<number>;
  unknown_count: Generated<number>;
  is_counted: Generated<boolean>;
}

export type DeliveryState =
  | 'queued'
  | 'handed over'
  | 'deferred'
  | 'accepted'
  | 'rejected'
  | 'suppressed'
  | 'left'
  | 'unknown';

export interface DeliveriesTable {
  send_id: SendId;
  subscriber_id: SubscriberId;
  state: Generated<DeliveryState>;
  attempts: Generated<number>;
  due_at: Date | null;
  deferred_at_ms: number | null;
  resent: Generated<boolean>;
  code: number | null;
  enhanced: string | null;
  reply: string | null;
  server_id: string | null;
  updated_at: Generated<Date>;
}

export interface RetriesTable {
  parent_id: SendId;
  subscriber_id: SubscriberId;
  child_id: SendId;
}

/** What a worker counts: outcomes, flushes and the outcomes in them, leases that ran out. */
export type WorkCount =
  | 'accepted'
  | 'rejected'
  | 'deferred'
  | 'unknown'
  | 'flush'
  | 'flushed'
  | 'lease expiry';

export interface WorkCountsTable {
  publication_id: PublicationId;
  stripe: number;
  name: WorkCount;
  label: Generated<string>;
  count: number;
}

export interface SlotRunsTable {
  publication_id: PublicationId;
  slot_at: Date;
  send_id: SendId | null;
  created_at: Generated<Date>;
}

export interface OutcomeEventsTable {
  id: GeneratedAlways<OutcomeEventId>;
  /** Null: it was a notice that was refused. */
  send_id: SendId | null;
  subscriber_id: SubscriberId;
  at: Generated<Date>;
  stage: string;
  code: number | null;
  enhanced: string | null;
  reply: string;
  processed_at: Date | null;
}
