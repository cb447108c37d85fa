-- A notice that a mail server refuses (a confirm mail, a welcome) says as much of its reader as a refused letter, and
-- is told in the same way: by an outcome event, of no send.
-- Locks: outcome_events for an instant; nothing is rewritten or read through.
-- Undo: delete the events without a send, then set not null again.

alter table outcome_events alter send_id drop not null;
