-- Mail to one person that is no issue: confirm, welcome, test send, word to the editor.
-- The same states and guards as deliveries. Locks: new table only. Undo: drop it.

create table notices (
  id bigint generated always as identity primary key,
  publication_id bigint not null references publications,
  kind text not null check (kind in ('confirm', 'welcome', 'test', 'editor')),
  -- what makes it one: the same cause never makes a second notice ('confirm:c17')
  unique_key text not null unique,
  subscriber_id bigint references subscribers on delete cascade,
  email text not null,
  locale text not null,
  -- ids and facts that the template needs; no token (those are made when it is sent)
  params jsonb not null default '{}',
  state text not null default 'queued' check (state in (
    'queued', 'handed over', 'deferred', 'accepted', 'rejected', 'suppressed', 'left', 'unknown')),
  attempts smallint not null default 0,
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence integer not null default 0,
  deferred_at timestamptz,
  resent boolean not null default false,
  code smallint,
  enhanced text,
  reply text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- the reconciler: notices that a worker should take
create index notices_open on notices (due_at) where state in ('queued', 'handed over', 'deferred', 'unknown');
create index notices_subscriber on notices (subscriber_id) where subscriber_id is not null;
