-- Publications, the editors who sign in, and what an installation knows of itself.
-- Locks: new tables only. Undo: drop them, newest first.

create table installation (
  -- exactly one row
  only_row boolean primary key default true check (only_row),
  -- keys the hashes of addresses (suppressions outlive an erasure); never leaves the database
  address_salt bytea not null,
  -- of the APP_SECRET that signed last; a start where no secret matches it is refused
  secret_fingerprint text,
  created_at timestamptz not null default now()
);

create table publications (
  id bigint generated always as identity primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (name <> ''),
  description text not null default '',
  from_name text not null,
  from_address text not null,
  reply_to text,
  -- CAN-SPAM (15 U.S.C. 7704): without it nothing is sent
  postal_address text,
  -- the publication's own language; readers whose locale has no edition get this one
  locale text not null default 'en',
  timezone text not null default 'UTC',
  -- the weekly slot in the publication's timezone: ISO weekday, 1 = Monday
  slot_weekday smallint check (slot_weekday between 1 and 7),
  slot_time time,
  -- a slot before this time is not made up for
  slot_since timestamptz not null default now(),
  -- what happens to a delivery that was handed over and has no outcome
  unknown_policy text not null default 'resend' check (unknown_policy in ('resend', 'hold')),
  -- colours of the letter and the pages: {"accent": "#rrggbb"}
  theme jsonb not null default '{}',
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  check ((slot_weekday is null) = (slot_time is null))
);
-- exactly one publication serves the bare paths
create unique index publications_default on publications (is_default) where is_default;

create table editors (
  id bigint generated always as identity primary key,
  email text not null,
  address_key text not null unique,
  -- scrypt, "salt$hash" in base64
  password_hash text not null,
  must_change_password boolean not null default true,
  created_at timestamptz not null default now()
);

create table editor_sessions (
  -- SHA-256 of the cookie's value
  token_hash bytea primary key,
  editor_id bigint not null references editors on delete cascade,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
-- sign-outs of one editor, when a password changes
create index editor_sessions_editor on editor_sessions (editor_id);

-- rate-limiter-flexible's own table shape (RateLimiterPostgres), made here so that it needs no DDL rights
create table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
