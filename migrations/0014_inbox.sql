-- What comes back from outside: stored as it came before it is answered, then read and acted upon.
-- Locks: publications for an instant (a column with a constant default); else new tables.
-- Undo: drop the tables, newest first, and the column.

-- One row for each request of a provider's hook or mail that came in, after it was verified. An array of a thousand
-- events is one row: durable at the cost of one, and it can be verified again.
create table raw_events (
  id bigint generated always as identity primary key,
  source text not null,
  -- the provider's own id of the request (or a digest of the body): one that comes again changes nothing
  external_id text not null,
  received_at timestamptz not null default now(),
  -- those that verifying and reading need
  headers jsonb not null default '{}',
  body bytea not null,
  processed_at timestamptz,
  -- how many events were in it, and what became of them
  result jsonb,
  -- after a fault it is tried again then
  attempts smallint not null default 0,
  due_at timestamptz not null default now(),
  unique (source, external_id)
);
-- the workers and the reconciler: what waits, in order
create index raw_events_open on raw_events (id) where processed_at is null;

-- What was understood of them, and of refusals inside an SMTP session (source 'smtp'): one row for each event that
-- says something of a reader. The key makes each count once, however often it comes or is read again. Ids without a
-- foreign key and no address: a row outlives the erasure of its reader.
create table feedback_events (
  id bigint generated always as identity primary key,
  source text not null,
  event_key text not null,
  raw_event_id bigint references raw_events on delete set null,
  at timestamptz not null,
  meaning text not null check (meaning in (
    'hard bounce', 'soft bounce', 'policy block', 'message refused', 'refused', 'complaint', 'unsubscribe')),
  send_id bigint,
  subscriber_id bigint,
  -- the server's or provider's words, without addresses
  reply text not null default '',
  -- what it did to the reader; 'held': a wave of its kind, the editor or the next letter decides
  effect text not null default 'none' check (effect in ('none', 'suppressed', 'scored', 'left', 'held', 'dropped')),
  -- of a soft bounce: a later letter was delivered
  cleared_at timestamptz,
  unique (source, event_key)
);
-- a reader's score, held bounces of a reader
create index feedback_events_subscriber on feedback_events (subscriber_id, at);
-- the raw event of a row that goes
create index feedback_events_raw on feedback_events (raw_event_id);
-- the desk's list
create index feedback_events_held on feedback_events (id) where effect = 'held';

-- Addresses called gone, by receiving provider and hour: a wave is that provider's outage.
create table gone_hours (
  provider text not null,
  hour timestamptz not null,
  gone integer not null,
  -- those of them that were believed: a wave does not become the usual
  believed integer not null,
  primary key (provider, hour)
);

-- so many days with a soft bounce within 30, and no letter delivered between, end a subscription
alter table publications add column soft_bounce_days smallint not null default 5 check (soft_bounce_days between 1 and 30);
