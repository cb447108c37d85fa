-- Suppressions that explain themselves and that a person may lift; why readers leave; waves of which the editors were
-- told; mail to the bounce address that is no report, for a person to read.
-- Locks: suppressions and raw_events are not written to while their indexes are built (a second for a million rows);
-- a column without a default and new tables take an instant.
-- Undo: drop the tables, the indexes and the column; what was lifted stays lifted.

-- a stronger reason took its place: {"reason", "since", "evidence", "replaced"}
alter table suppressions add column replaced jsonb;
-- the desk's list, newest first, of all and of one reason
create index suppressions_since on suppressions (since, address_hash);
create index suppressions_reason on suppressions (reason, since, address_hash);

-- Suppressions that were, each as it was when it was lifted.
create table lifted_suppressions (
  id bigint generated always as identity primary key,
  address_hash bytea not null,
  email text,
  reason text not null check (reason in ('bounce', 'complaint', 'erased', 'manual')),
  evidence jsonb not null default '{}',
  since timestamptz not null,
  replaced jsonb,
  lifted_at timestamptz not null,
  -- 'confirmation': the reader's own; by hand: by that editor, or by whoever runs commands on the machine
  via text not null check (via in ('confirmation', 'desk', 'command line')),
  editor_id bigint references editors on delete set null,
  why text not null default ''
);
-- all that was said of one address; its erasure
create index lifted_suppressions_address on lifted_suppressions (address_hash, id);

-- What a reader answered after they had left: one answer for each leaving, and it goes with the reader.
create table leaving_reasons (
  event_id bigint primary key references subscriber_events on delete cascade,
  publication_id bigint not null references publications on delete cascade,
  at timestamptz not null,
  reason text not null check (reason in ('too often', 'not relevant', 'did not sign up', 'other')),
  words text not null default ''
);
-- counts and the newest words at the desk
create index leaving_reasons_publication on leaving_reasons (publication_id, at);

-- A provider calls far more addresses gone than it usually does: one row for each wave among a publication's readers.
create table waves (
  publication_id bigint not null references publications on delete cascade,
  provider text not null,
  began_at timestamptz not null,
  last_at timestamptz not null,
  primary key (publication_id, provider, began_at)
);

-- the desk's page of mail that is no report
create index raw_events_other on raw_events (id) where result->>'kind' = 'other';
