-- What is over for RETENTION_DAYS is condensed: of a send stay its row, its editions and the counts of its batches; its
-- part of the ledger, the ids in its batches, its outcome events and what retries took from it go.
-- Locks: sends for an instant; outcome_events against writing while its index is made (rejections wait).
-- Undo: drop the column and the index. What was condensed is gone.

-- null: each of its deliveries is there
alter table sends add condensed_at timestamptz;
-- the events of a send: what servers said last, and what condensing takes away
create index outcome_events_send on outcome_events (send_id, id);
