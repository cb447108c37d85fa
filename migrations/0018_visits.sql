-- Opens and clicks: what a publication may know of them, the links of its frozen letters, and the visits that reached us.
-- Locks: publications and subscribers, exclusively, for an instant (constant defaults rewrite nothing); new tables.
-- Undo: drop the tables, newest first, and the columns. Links in letters that are out lead nowhere then.

alter table publications
  -- off: letters are as they were written; aggregate: no link or picture names a reader; individual: those of readers
  -- who agreed do
  add column tracking text not null default 'aggregate' check (tracking in ('off', 'aggregate', 'individual'));

alter table subscribers
  -- when the reader agreed that their own opens and clicks are followed; null: they did not, or took it back
  add column followed_since timestamptz;

-- The links of a frozen edition, in the order in which they stand in it. They outlive the send's details: a link in a
-- letter works for as long as somebody keeps the letter.
create table links (
  id bigint generated always as identity primary key,
  edition_id bigint not null references editions,
  number integer not null,
  url text not null,
  unique (edition_id, number)
);

-- Opens and clicks as they came, without the visitor's address. No row refers to another table by a constraint: they
-- are written hundreds at once, by a statement that looks up what they name.
create table visits (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null check (kind in ('open', 'click', 'canary link')),
  method text not null check (method in ('GET', 'HEAD')),
  send_id bigint not null,
  -- null: an open, or the canary link
  link_id bigint,
  -- only of a reader who agreed to be followed
  subscriber_id bigint,
  -- 16 bytes of an HMAC of address and user agent under the day's salt; null where there was no salt to be had
  visitor bytea,
  -- the User-Agent, cut at 300 letters
  agent text not null,
  -- the known network that the address belongs to: said at arrival, because the address is not kept
  network text,
  -- the request said that nobody had asked for it yet (Sec-Purpose, Purpose, X-Moz)
  prefetch boolean not null,
  -- since this reader's delivery was accepted, or, where the reader is not known, since the send started
  since_send_s integer,
  -- null: not classified yet
  class text check (class in ('human', 'scanner', 'unknown')),
  -- by which rule
  reason text
);
-- a send's report, and its end
create index visits_send on visits (send_id, at);
-- what is still to be classified
create index visits_unclassified on visits (at) where class is null;
-- an erased reader
create index visits_subscriber on visits (subscriber_id) where subscriber_id is not null;

-- What visitors are hashed with; a day's salt is deleted when the day is over, and nothing can be joined to anybody.
create table visit_salts (
  day date primary key,
  salt bytea not null
);
