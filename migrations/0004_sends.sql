-- A send, its frozen editions and audience, and the ledger of deliveries.
-- Locks: new tables only. Undo: drop them, newest first.

-- What a reader gets is frozen: edits afterwards are new revisions and touch no row here.
-- html and text hold slots (see src/rendering/slots.ts) for what differs from reader to reader.
create table editions (
  id bigint generated always as identity primary key,
  issue_id bigint not null references issues,
  revision_id bigint not null references revisions,
  locale text not null,
  subject text not null,
  html text not null,
  text text not null,
  created_at timestamptz not null default now()
);

create table sends (
  id bigint generated always as identity primary key,
  publication_id bigint not null references publications,
  issue_id bigint not null references issues,
  retry_of bigint references sends,
  -- said twice: a second send of the issue to everyone
  again boolean not null default false,
  state text not null check (state in ('scheduled', 'held', 'sending', 'paused', 'finished', 'cancelled')),
  due_at timestamptz not null,
  -- why a held send waits for the editor
  held_reason text,
  frozen_at timestamptz,
  audience_size integer not null default 0,
  -- a fault of the mail server: nobody's outcome, the send goes on by itself
  waiting_reason text,
  -- no batch is claimed before then
  waiting_until timestamptz,
  -- the clock that deferred mail ages by: stands still while paused, held or waiting for a server
  ran_ms bigint not null default 0,
  running_since timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  check ((state = 'held') = (held_reason is not null)),
  check (state in ('scheduled', 'held', 'cancelled') or frozen_at is not null)
);
-- a second send of an issue is refused unless said twice; one cancelled before it was frozen does not count
create unique index sends_once_per_issue on sends (issue_id)
  where retry_of is null and not again and not (state = 'cancelled' and frozen_at is null);
-- the reconciler: scheduled sends that are due, sends that may be finished
create index sends_unfinished on sends (state, due_at) where state in ('scheduled', 'sending');
create index sends_publication on sends (publication_id, id);
create index sends_retry_of on sends (retry_of) where retry_of is not null;

-- a child send has the same rows as its parent: the same frozen edition
create table send_editions (
  send_id bigint not null references sends,
  locale text not null,
  edition_id bigint not null references editions,
  primary key (send_id, locale)
);

create table batches (
  send_id bigint not null references sends,
  number integer not null,
  -- the audience, frozen: about 1,000 ids in key order
  subscriber_ids bigint[] not null,
  size integer not null,
  -- the ledger rows were made then
  claimed_at timestamptz,
  -- some row is not final yet
  is_open boolean not null default true,
  due_at timestamptz not null,
  -- a worker holds it until then; each claim counts the fence up
  lease_until timestamptz,
  fence integer not null default 0,
  primary key (send_id, number)
);
-- the reconciler and the finish: open batches of a send
create index batches_open on batches (send_id, due_at) where is_open;

-- Ids without a cascade and no address: a row outlives the erasure of its reader, so that receipts add up.
create table deliveries (
  send_id bigint not null references sends,
  subscriber_id bigint not null,
  state text not null default 'queued' check (state in (
    'queued', 'handed over', 'deferred', 'accepted', 'rejected', 'suppressed', 'left', 'unknown')),
  attempts smallint not null default 0,
  -- deferred: the next try; unknown: the second and last try (null: held)
  due_at timestamptz,
  -- the send's running clock (sends.ran_ms) when it was first deferred
  deferred_at_ms bigint,
  -- an unknown one that was sent once more; it is not sent a third time
  resent boolean not null default false,
  -- the server's last word: reply code, enhanced code (RFC 3463), text, and its id in a 250
  code smallint,
  enhanced text,
  reply text,
  server_id text,
  updated_at timestamptz not null default now(),
  primary key (send_id, subscriber_id)
);

-- A delivery is retried by one child send at most.
create table retries (
  parent_id bigint not null references sends,
  subscriber_id bigint not null,
  child_id bigint not null references sends,
  primary key (parent_id, subscriber_id)
);

-- What happened at each weekly slot of a publication; the key makes a slot act once.
create table slot_runs (
  publication_id bigint not null references publications,
  slot_at timestamptz not null,
  -- null: no issue was ready, the editors were told
  send_id bigint references sends,
  created_at timestamptz not null default now(),
  primary key (publication_id, slot_at)
);

-- Written with the outcome in one transaction; a feedback job reads it as it reads a provider's event.
create table outcome_events (
  id bigint generated always as identity primary key,
  send_id bigint not null references sends,
  subscriber_id bigint not null,
  at timestamptz not null default now(),
  -- where in the session: 'rcpt', 'data', 'dot', or 'age' for one that was deferred too long
  stage text not null,
  code smallint,
  enhanced text,
  reply text not null,
  processed_at timestamptz
);
create index outcome_events_open on outcome_events (id) where processed_at is null;
