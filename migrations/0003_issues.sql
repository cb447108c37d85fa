-- Issues as data: revisions of a checked document for each locale, and pictures by their hash.
-- Locks: new tables only. Undo: drop them, newest first.

create table assets (
  -- SHA-256 of the bytes, lower-case hex
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  extension text not null,
  media_type text not null,
  bytes bytea not null,
  width integer not null,
  height integer not null,
  created_at timestamptz not null default now()
);

create table issues (
  id bigint generated always as identity primary key,
  publication_id bigint not null references publications,
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,126}$' and slug !~ '^[a-z][0-9]+$'),
  -- '2021-W06', '2021-01' or '2021': what the issue is the number of; null for a special one
  period text check (period ~ '^[0-9]{4}(-(W[0-9]{2}|[0-9]{2}))?$'),
  -- of the newest revision in the publication's own locale
  title text not null,
  -- offered to the weekly slot since
  ready_at timestamptz,
  -- SHA-256 of the imported bytes: the same file again is the same issue
  source_digest bytea,
  created_at timestamptz not null default now(),
  constraint issues_slug_unique unique (publication_id, slug),
  constraint issues_period_unique unique (publication_id, period),
  constraint issues_source_unique unique (publication_id, source_digest)
);
-- the oldest ready issue, when the slot comes
create index issues_ready on issues (publication_id, ready_at) where ready_at is not null;

create table revisions (
  id bigint generated always as identity primary key,
  issue_id bigint not null references issues,
  locale text not null,
  number integer not null,
  document jsonb not null,
  created_at timestamptz not null default now(),
  unique (issue_id, locale, number)
);
