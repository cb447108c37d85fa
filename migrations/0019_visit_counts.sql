-- What a send's report says of opens and clicks, summed up: pages read a few rows however many visits there were, and the
-- sums stay when the visits are dropped.
-- Locks: none that last; new tables. Undo: drop both.

-- One row for each send that was visited.
create table visit_reports (
  send_id bigint primary key references sends,
  -- visits were classified since the sums were made
  is_stale boolean not null default true,
  counted_at timestamptz,
  -- the visits are dropped, and the sums are the last word
  ended_at timestamptz
);
-- what is still to be summed up
create index visit_reports_stale on visit_reports (send_id) where is_stale and ended_at is null;

create table visit_counts (
  send_id bigint not null references sends,
  kind text not null check (kind in ('open', 'click', 'canary link')),
  -- null: all links together
  link_id bigint references links,
  -- null: whoever it was
  class text check (class in ('human', 'scanner', 'unknown')),
  -- null: by whatever rule
  reason text,
  visits bigint not null,
  -- different ones among them, as far as they can be told apart
  visitors bigint not null
);
-- one row for each sum
create unique index visit_counts_sum on visit_counts
  (send_id, kind, coalesce(link_id, 0), coalesce(class, ''), coalesce(reason, ''));
