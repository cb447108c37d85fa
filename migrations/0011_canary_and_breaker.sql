-- A send that goes wrong stops by itself: the first readers try it (canary), and the answers are watched as it
-- runs (breaker). A send may go out at one wall-clock time wherever each reader lives.
-- Locks: publications and sends, exclusively, for an instant (constant defaults rewrite nothing).
-- Undo: drop the columns.

alter table publications
  -- so many readers first; 0: no canary
  add column canary_size integer not null default 0 check (canary_size between 0 and 10000),
  -- from when each of them was tried to when their answers are judged
  add column canary_wait_minutes integer not null default 30 check (canary_wait_minutes between 0 and 1440),
  add column breaker boolean not null default true,
  -- the breaker does not judge by fewer outcomes than this
  add column breaker_least integer not null default 200 check (breaker_least between 1 and 1000000),
  -- in per cent of the letters that were accepted or rejected; where the numbers are from: src/delivery/verdict.ts
  add column rejected_limit double precision not null default 10 check (rejected_limit between 0 and 100),
  add column bounced_limit double precision not null default 5 check (bounced_limit between 0 and 100),
  add column complained_limit double precision not null default 0.3 check (complained_limit between 0 and 100);

alter table sends
  -- why the press paused it; null: an editor did
  add column paused_reason text,
  -- the first batches are the canary: while it runs no other one is claimed
  add column canary text check (canary in ('running', 'passed', 'failed')),
  add column canary_batches integer not null default 0,
  -- each of its readers was tried: the wait is counted from then
  add column canary_tried_at timestamptz,
  -- what feedback has said of its readers
  add column bounced integer not null default 0,
  add column complained integer not null default 0,
  -- the counts when it was last resumed: the breaker judges what came after
  add column base_accepted integer not null default 0,
  add column base_rejected integer not null default 0,
  add column base_bounced integer not null default 0,
  add column base_complained integer not null default 0,
  -- a wall clock's time, which has no zone of its own: each reader's is meant
  add column local_at text check (local_at ~ '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$'),
  add constraint sends_paused_reason check (paused_reason is null or state = 'paused'),
  add constraint sends_canary check ((canary is null) = (canary_batches = 0));
