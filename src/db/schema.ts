import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type {
  CaughtMailId,
  ConsentId,
  EditorId,
  IssueId,
  NoticeId,
  PublicationId,
  RevisionId,
  SubscriberId,
} from '../ids.ts';
import type {
  FeedbackEventsTable,
  GoneHoursTable,
  MailboxesTable,
  RawEventsTable,
  WavesTable,
} from './feedback-tables.ts';
import type { LeavingReasonsTable, LiftedSuppressionsTable, SuppressionsTable } from './leaving-tables.ts';
import type {
  BatchesTable,
  DeliveriesTable,
  DeliveryState,
  EditionsTable,
  OutcomeEventsTable,
  RetriesTable,
  SendEditionsTable,
  SendsTable,
  SlotRunsTable,
  WorkCountsTable,
} from './send-tables.ts';
import type { AllowancesTable, PacesTable, ThrottlesTable } from './throttle-tables.ts';
import type {
  LinksTable,
  VisitCountsTable,
  VisitReportsTable,
  VisitSaltsTable,
  VisitsTable,
} from './visit-tables.ts';
import type { WebhookCallsTable, WebhookEventsTable, WebhooksTable } from './webhook-tables.ts';

/** The tables as the migrations make them; `test/db/schema.test.ts` compares both with the server. */
export interface Schema {
  installation: InstallationTable;
  publications: PublicationsTable;
  editors: EditorsTable;
  editor_sessions: EditorSessionsTable;
  subscribers: SubscribersTable;
  consents: ConsentsTable;
  subscriber_events: SubscriberEventsTable;
  leaving_reasons: LeavingReasonsTable;
  suppressions: SuppressionsTable;
  lifted_suppressions: LiftedSuppressionsTable;
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
  work_counts: WorkCountsTable;
  allowances: AllowancesTable;
  throttles: ThrottlesTable;
  paces: PacesTable;
  raw_events: RawEventsTable;
  feedback_events: FeedbackEventsTable;
  gone_hours: GoneHoursTable;
  mailboxes: MailboxesTable;
  links: LinksTable;
  visits: VisitsTable;
  visit_salts: VisitSaltsTable;
  visit_reports: VisitReportsTable;
  visit_counts: VisitCountsTable;
  waves: WavesTable;
  webhooks: WebhooksTable;
  webhook_events: WebhookEventsTable;
  webhook_calls: WebhookCallsTable;
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

/** What a publication may know of opens and clicks: nothing, how many, or also whose, of readers who agreed. */
export type Tracking = 'off' | 'aggregate' | 'individual';

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
  slot_since: Made;
  unknown_policy: Generated<'resend' | 'hold'>;
  theme: JsonDefault<{ readonly accent?: string }>;
  soft_bounce_days: Generated<number>;
  is_default: Generated<boolean>;
  created_at: Made;
  canary_size: Generated<number>;
  canary_wait_minutes: Generated<number>;
  breaker: Generated<boolean>;
  breaker_least: Generated<number>;
  rejected_limit: Generated<number>;
  bounced_limit: Generated<number>;
  complained_limit: Generated<number>;
  tracking: Generated<Tracking>;
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
  followed_since: Generated<Date | null>;
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
