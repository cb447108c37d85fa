import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type {
  CaughtMailId,
  ConsentId,
  EditionId,
  EditorId,
  IssueId,
  NoticeId,
  OutcomeEventId,
  PublicationId,
  RevisionId,
  SendId,
  SubscriberId,
} from '../ids.ts';

/** The tables as the migrations make them; `test/db/schema.test.ts` compares both with the server. */
export interface Schema {
  installation: InstallationTable;
  publications: PublicationsTable;
  editors: EditorsTable;
  editor_sessions: EditorSessionsTable;
  subscribers: SubscribersTable;
  consents: ConsentsTable;
  subscriber_events: SubscriberEventsTable;
  suppressions: SuppressionsTable;
  assets: AssetsTable;
  issues: IssuesTable;
  revisions: RevisionsTable;
  editions: EditionsTable;
  sends: SendsTable;
  send_editions: SendEditionsTable;
  batches: BatchesTable;
  deliveries: DeliveriesTable;
  retries: RetriesTable;
  slot_runs: SlotRunsTable;
  outcome_events: OutcomeEventsTable;
  notices: NoticesTable;
  caught_mails: CaughtMailsTable;
}

type Made = Generated<Date>;
/** Read as a parsed value, written as JSON text (pg would turn an array into a Postgres array). */
type Json<Value> = ColumnType<Value, string, string>;
type JsonDefault<Value> = ColumnType<Value, string | undefined, string>;

interface InstallationTable {
  only_row: Generated<boolean>;
  address_salt: Buffer;
  secret_fingerprint: string | null;
  created_at: Made;
}

interface PublicationsTable {
  id: GeneratedAlways<PublicationId>;
  slug: string;
  name: string;
  description: Generated<string>;
  from_name: string;
  from_address: string;
  reply_to: string | null;
  postal_address: string | null;
  locale: Generated<string>;
  timezone: Generated<string>;
  slot_weekday: number | null;
  slot_time: string | null;
  slot_since: Date | null;
  unknown_policy: Generated<'resend' | 'hold'>;
  theme: JsonDefault<{ readonly accent?: string }>;
  is_default: Generated<boolean>;
  created_at: Made;
}

interface EditorsTable {
  id: GeneratedAlways<EditorId>;
  email: string;
  address_key: string;
  password_hash: string;
  must_change_password: Generated<boolean>;
  created_at: Made;
}

interface EditorSessionsTable {
  token_hash: Buffer;
  editor_id: EditorId;
  expires_at: Date;
  created_at: Made;
}

export type SubscriberStatus = 'pending' | 'active' | 'unsubscribed' | 'bounced' | 'complained';

interface SubscribersTable {
  id: GeneratedAlways<SubscriberId>;
  publication_id: PublicationId;
  email: string;
  address_key: string;
  address_hash: Buffer;
  name: Generated<string>;
  status: SubscriberStatus;
  locale: string;
  timezone: string | null;
  attributes: JsonDefault<Record<string, string>>;
  subscribed_at: Date | null;
  status_changed_at: Made;
  created_at: Made;
}

interface ConsentsTable {
  id: GeneratedAlways<ConsentId>;
  subscriber_id: SubscriberId;
  source: string;
  form_version: string;
  locale: string;
  requested_at: Made;
  address_prefix: string | null;
  confirmed_at: Date | null;
  confirm_address_prefix: string | null;
}

interface SubscriberEventsTable {
  id: GeneratedAlways<number>;
  subscriber_id: SubscriberId;
  at: Made;
  event: string;
  detail: JsonDefault<Record<string, unknown>>;
}

export type SuppressionReason = 'bounce' | 'complaint' | 'erased' | 'manual';

interface SuppressionsTable {
  address_hash: Buffer;
  email: string | null;
  reason: SuppressionReason;
  evidence: JsonDefault<Record<string, unknown>>;
  since: Made;
}

interface AssetsTable {
  hash: string;
  extension: string;
  media_type: string;
  bytes: Buffer;
  width: number;
  height: number;
  created_at: Made;
}

interface IssuesTable {
  id: GeneratedAlways<IssueId>;
  publication_id: PublicationId;
  slug: string;
  period: string | null;
  title: string;
  ready_at: Date | null;
  source_digest: Buffer | null;
  created_at: Made;
}

interface RevisionsTable {
  id: GeneratedAlways<RevisionId>;
  issue_id: IssueId;
  locale: string;
  number: number;
  /** A document; the issue store checks it with zod when it is read. */
  document: Json<unknown>;
  created_at: Made;
}

interface EditionsTable {
  id: GeneratedAlways<EditionId>;
  issue_id: IssueId;
  revision_id: RevisionId;
  locale: string;
  subject: string;
  html: string;
  text: string;
  created_at: Made;
}

export type SendState = 'scheduled' | 'held' | 'sending' | 'paused' | 'finished' | 'cancelled';

interface SendsTable {
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
  created_at: Made;
}

interface SendEditionsTable {
  send_id: SendId;
  locale: string;
  edition_id: EditionId;
}

interface BatchesTable {
  send_id: SendId;
  number: number;
  subscriber_ids: SubscriberId[];
  size: number;
  claimed_at: Date | null;
  is_open: Generated<boolean>;
  due_at: Date;
  lease_until: Date | null;
  fence: Generated<number>;
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

interface DeliveriesTable {
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
  updated_at: Made;
}

interface RetriesTable {
  parent_id: SendId;
  subscriber_id: SubscriberId;
  child_id: SendId;
}

interface SlotRunsTable {
  publication_id: PublicationId;
  slot_at: Date;
  send_id: SendId | null;
  created_at: Made;
}

interface OutcomeEventsTable {
  id: GeneratedAlways<OutcomeEventId>;
  send_id: SendId;
  subscriber_id: SubscriberId;
  at: Made;
  stage: string;
  code: number | null;
  enhanced: string | null;
  reply: string;
  processed_at: Date | null;
}

export type NoticeKind = 'confirm' | 'welcome' | 'test' | 'editor';

interface NoticesTable {
  id: GeneratedAlways<NoticeId>;
  publication_id: PublicationId;
  kind: NoticeKind;
  unique_key: string;
  subscriber_id: SubscriberId | null;
  email: string;
  locale: string;
  /** Checked by the notice's own zod schema when it is read. */
  params: JsonDefault<unknown>;
  state: Generated<DeliveryState>;
  attempts: Generated<number>;
  due_at: Made;
  lease_until: Date | null;
  fence: Generated<number>;
  deferred_at: Date | null;
  resent: Generated<boolean>;
  code: number | null;
  enhanced: string | null;
  reply: string | null;
  created_at: Made;
  updated_at: Made;
}

interface CaughtMailsTable {
  id: GeneratedAlways<CaughtMailId>;
  received_at: Made;
  mail_from: string;
  rcpt_to: string[];
  subject: string;
  raw: Buffer;
}
