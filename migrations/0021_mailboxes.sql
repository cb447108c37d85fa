-- Mailboxes that bounce mail is read from over IMAP: how far each is read, who reads it, and what keeps us from it.
-- Locks: none, a new table.
-- Undo: drop the table; mail that lies in a mailbox is read again then, and counts once all the same.

create table mailboxes (
  -- user, host, port and folder; without the password
  name text primary key,
  -- all mails up to `uid` are in raw_events, as long as the server gives the folder this UIDVALIDITY (RFC 3501 section 2.3.1.1)
  uid_validity bigint not null default 0,
  uid bigint not null default 0,
  -- one worker reads it at a time; who was superseded moves the place no more
  lease_until timestamptz,
  fence integer not null default 0,
  -- when a worker last tried, and why it cannot read it since when
  tried_at timestamptz,
  fault text,
  fault_since timestamptz
);
