-- What the workers count for /metrics, in the statement that does what is counted: outcomes by receiving
-- provider, flushes by size, leases that ran out. A scrape reads these few rows and never the ledger.
-- Locks: new table only. Undo: drop it.

create table work_counts (
  publication_id bigint not null references publications,
  -- batches at work at the same time count in different rows (number modulo 16): none waits for another's commit
  stripe smallint not null,
  name text not null check (name in (
    'accepted', 'rejected', 'deferred', 'unknown', 'flush', 'flushed', 'lease expiry')),
  -- of an outcome the receiving provider, of a flush the upper bound of its size, else empty
  label text not null default '',
  count bigint not null,
  primary key (publication_id, stripe, name, label)
  -- rows are updated in place, many times a second
) with (fillfactor = 50);
