import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type {
  PublicationId,
  SendId,
  SubscriberId,
  WebhookCallId,
  WebhookEventId,
  WebhookId,
} from '../ids.ts';

/** What the operator's own systems are told of. */

export interface WebhooksTable {
  id: GeneratedAlways<WebhookId>;
  publication_id: PublicationId;
  url: string;
  events: string[];
  plain_http: Generated<boolean>;
  is_on: Generated<boolean>;
  off_reason: string | null;
  secret: Buffer;
  old_secret: Buffer | null;
  old_secret_until: Date | null;
  failing_since: Date | null;
  created_at: Generated<Date>;
}

export interface WebhookEventsTable {
  id: GeneratedAlways<WebhookEventId>;
  key: Generated<string>;
  publication_id: PublicationId;
  type: string;
  at: Generated<Date>;
  subscriber_id: SubscriberId | null;
  send_id: SendId | null;
  facts: ColumnType<Readonly<Record<string, string | null>>, string | undefined, string>;
}

/** Taken: it was answered with a 2xx. Failed: it is not tried again, unless somebody asks for it. */
export type WebhookCallState = 'waiting' | 'taken' | 'failed';

export interface WebhookCallsTable {
  id: GeneratedAlways<WebhookCallId>;
  webhook_id: WebhookId;
  event_id: WebhookEventId;
  state: Generated<WebhookCallState>;
  attempts: Generated<number>;
  tries: Generated<number>;
  due_at: Generated<Date>;
  lease_until: Date | null;
  fence: Generated<number>;
  tried_at: Date | null;
  code: number | null;
  answer: string | null;
}
