-- Limits on how fast mail leaves, shared by all workers on all hosts and counted on the database's clock: the rates
-- that an operator sets, and throttles, which are what the press learns when a receiving provider asks it to slow down.
-- Locks: new tables only. Undo: drop them.

-- What is taken of a rate, some five times a second and worker. Unlogged: it costs no write-ahead log and no fsync, and
-- after a crash of the server it is empty, which lets go one burst more and nothing else.
create unlogged table allowances (
  -- 'all', 'server HOST:PORT', 'provider NAME', 'return NAME'
  name text primary key,
  -- all before it is taken
  next_at timestamptz not null,
  -- how many messages the last statement was given
  granted integer not null default 0
  -- rows are updated in place
) with (fillfactor = 50);

-- A receiving provider that is sent less than it could be. No row: no limit.
create table throttles (
  -- a name of src/outbound/providers.ts, or the domain of the address
  provider text primary key,
  -- messages a second, right after halved_at; from then on it grows with time (src/outbound/throttle-steps.ts)
  per_second double precision not null check (per_second > 0),
  -- messages a second that were going when it first asked for less; a limit that grows past it is over
  measured double precision not null check (measured > per_second),
  halved_at timestamptz not null
);

-- Messages that got an answer, by provider and second, of the last seconds only: what a new limit starts from.
create unlogged table paces (
  provider text not null,
  -- since 1970
  second bigint not null,
  messages integer not null,
  primary key (provider, second)
) with (fillfactor = 50);
