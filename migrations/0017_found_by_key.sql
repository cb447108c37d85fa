-- A guard that the planner takes for dear: statements with it look their rows up by key, and never read a table through
-- that was small when they were prepared.
-- Locks: none. Undo: drop the function.

create function found_by_key(guard boolean) returns boolean
  language plpgsql immutable parallel safe cost 10000
  as $$ begin return guard; end $$;
