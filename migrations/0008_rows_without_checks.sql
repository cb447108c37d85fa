-- Rows of the ledger and of retries name their sends without a foreign key: checking each row cost three times
-- its insert (13 us against 4 us), a million times a send, and they are made by statements that read the send.
-- Sends are never deleted.
-- Locks: deliveries and retries, exclusively, for an instant. Undo: add the three keys again.

alter table deliveries drop constraint deliveries_send_id_fkey;
alter table retries drop constraint retries_parent_id_fkey, drop constraint retries_child_id_fkey;
