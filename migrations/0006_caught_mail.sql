-- What the built-in mail catcher took: the last few thousand, so that any process's page can show them.
-- Locks: new table only. Undo: drop it.

create table caught_mails (
  id bigint generated always as identity primary key,
  received_at timestamptz not null default now(),
  mail_from text not null,
  rcpt_to text[] not null,
  subject text not null default '',
  raw bytea not null
);
