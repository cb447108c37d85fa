-- Readers, the evidence of their consent, their history, and addresses that must not be mailed.
-- Locks: new tables only. Undo: drop them, newest first.

create table subscribers (
  id bigint generated always as identity primary key,
  publication_id bigint not null references publications,
  -- as the reader wrote it
  email text not null,
  -- lower case, domain in ASCII: the identity within a publication
  address_key text not null,
  -- HMAC-SHA256 of address_key with the installation's salt: joins suppressions
  address_hash bytea not null,
  name text not null default '',
  status text not null check (status in ('pending', 'active', 'unsubscribed', 'bounced', 'complained')),
  locale text not null,
  timezone text,
  attributes jsonb not null default '{}',
  subscribed_at timestamptz,
  status_changed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  unique (publication_id, address_key)
);
-- freezing an audience (active readers in key order), and counts per status
create index subscribers_status on subscribers (publication_id, status, id);
-- a bounce or complaint reaches every publication the address reads; erasure too
create index subscribers_address_hash on subscribers (address_hash);

create table consents (
  id bigint generated always as identity primary key,
  subscriber_id bigint not null references subscribers on delete cascade,
  -- 'form', 'json' or 'import'
  source text not null,
  -- which wording of the form, or the text given to --consent
  form_version text not null,
  locale text not null,
  requested_at timestamptz not null default now(),
  -- IPv4 /24 or IPv6 /48, never the whole address
  address_prefix text,
  confirmed_at timestamptz,
  confirm_address_prefix text
);
create index consents_subscriber on consents (subscriber_id);

create table subscriber_events (
  id bigint generated always as identity primary key,
  subscriber_id bigint not null references subscribers on delete cascade,
  at timestamptz not null default now(),
  event text not null,
  detail jsonb not null default '{}'
);
create index subscriber_events_subscriber on subscriber_events (subscriber_id, id);

create table suppressions (
  address_hash bytea primary key,
  -- null once the person was erased: the hash alone keeps the address from coming back
  email text,
  reason text not null check (reason in ('bounce', 'complaint', 'erased', 'manual')),
  evidence jsonb not null default '{}',
  since timestamptz not null default now()
);
