import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { FeedbackEventId, PublicationId, RawEventId, SendId, SubscriberId } from '../ids.ts';

/** What comes back from outside: as it came, and what was understood of it. */

export interface RawEventsTable {
  id: GeneratedAlways<RawEventId>;
  source: string;
  external_id: string;
  received_at: Generated<Date>;
  headers: ColumnType<Record<string, string>, string | undefined, string>;
  body: Buffer;
  processed_at: Date | null;
  result: ColumnType<unknown, string | null, string | null>;
  attempts: Generated<number>;
  due_at: Generated<Date>;
}

/** What an event says that concerns a reader. */
export type ReaderMeaning =
  | 'hard bounce'
  | 'soft bounce'
  | 'policy block'
  | 'message refused'
  | 'refused'
  | 'complaint'
  | 'unsubscribe';

/** What it did to the reader. */
export type FeedbackEffect = 'none' | 'suppressed' | 'scored' | 'left' | 'held' | 'dropped';

export interface FeedbackEventsTable {
  id: GeneratedAlways<FeedbackEventId>;
  source: string;
  event_key: string;
  raw_event_id: RawEventId | null;
  at: Date;
  meaning: ReaderMeaning;
  send_id: SendId | null;
  subscriber_id: SubscriberId | null;
  reply: Generated<string>;
  effect: Generated<FeedbackEffect>;
  cleared_at: Date | null;
}

/** How far a mailbox is read over IMAP, and who reads it. */
export interface MailboxesTable {
  name: string;
  uid_validity: Generated<number>;
  uid: Generated<number>;
  lease_until: Date | null;
  fence: Generated<number>;
  tried_at: Date | null;
  fault: string | null;
  fault_since: Date | null;
}

export interface GoneHoursTable {
  provider: string;
  hour: Date;
  gone: number;
  believed: number;
}

export interface WavesTable {
  publication_id: PublicationId;
  provider: string;
  began_at: Date;
  last_at: Date;
}
