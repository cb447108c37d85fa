-- Webhooks: what the operator's own systems are told of, and what became of each call to them.
-- Triggers write it, in the transaction of the change itself: a killed process loses no event, and whatever changes a
-- reader or a send is told of, from wherever it is done, by code that knows nothing of webhooks. The calls are made there
-- too, not by a reader of the events that comes after: there is no place in a sequence that one could be missed at.
-- An import's 'imported' rows are passed over by the triggers' conditions, and without a webhook nothing is written.
-- Locks: subscriber_events, subscribers and sends for an instant (create trigger); else new tables.
-- Undo: drop the triggers, their functions, tell_webhooks, and the tables, newest first.

create table webhooks (
  id bigint generated always as identity primary key,
  publication_id bigint not null references publications,
  url text not null,
  -- the types of events it is told of
  events text[] not null,
  -- http to a private network was asked for
  plain_http boolean not null default false,
  is_on boolean not null default true,
  -- why the press switched it off; null: it is on, or somebody did
  off_reason text,
  -- signs; whoever reads it here can read the readers as well
  secret bytea not null,
  -- signs too until then
  old_secret bytea,
  old_secret_until timestamptz,
  -- the first of the calls that failed since one was taken
  failing_since timestamptz,
  created_at timestamptz not null default now(),
  check (is_on or off_reason is null or off_reason <> ''),
  check ((old_secret is null) = (old_secret_until is null))
);
create index webhooks_publication on webhooks (publication_id);

-- What happened: ids and short facts, no address. It is looked up when the call is made, so that nothing of a reader
-- who is forgotten has to be searched for here.
create table webhook_events (
  id bigint generated always as identity primary key,
  -- of the webhook-id: the same at each try, and another one in a database that was restored
  key uuid not null default gen_random_uuid(),
  publication_id bigint not null references publications,
  type text not null,
  at timestamptz not null default now(),
  subscriber_id bigint,
  send_id bigint,
  facts jsonb not null default '{}'
);
-- retention
create index webhook_events_at on webhook_events (at);

-- One event for one webhook. Without a foreign key to it: a webhook that is being removed must not stop a reader from
-- leaving, nor wait for an import. What it leaves behind goes with its event.
create table webhook_calls (
  id bigint generated always as identity primary key,
  webhook_id bigint not null,
  event_id bigint not null references webhook_events on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'failed')),
  attempts integer not null default 0,
  -- attempts since it was made, or sent again by hand
  tries integer not null default 0,
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence integer not null default 0,
  tried_at timestamptz,
  -- of the last answer; null: there was none, and `answer` says why. Kept without mail addresses
  code smallint,
  answer text,
  unique (event_id, webhook_id)
);
-- what is due; how many are under way
create index webhook_calls_waiting on webhook_calls (webhook_id, due_at) where state = 'waiting';
-- the log, newest first
create index webhook_calls_webhook on webhook_calls (webhook_id, id);

create function tell_webhooks(publication bigint, kind text, subscriber bigint, send bigint, what jsonb)
  returns void language sql as $$
  with wanted as (
    select id from webhooks where publication_id = publication and is_on and kind = any(events)
  ), event as (
    insert into webhook_events (publication_id, type, subscriber_id, send_id, facts)
    select publication, kind, subscriber, send, coalesce(what, '{}') where exists (select from wanted)
    returning id
  )
  insert into webhook_calls (webhook_id, event_id) select wanted.id, event.id from wanted, event
$$;

create function tell_of_reader() returns trigger language plpgsql as $$
declare
  publication bigint;
begin
  if not exists (select from webhooks) then return null; end if;
  select publication_id into publication from subscribers where id = new.subscriber_id;
  case new.event
    when 'confirmed', 'unsubscribe undone' then
      perform tell_webhooks(publication, 'subscriber.confirmed', new.subscriber_id, null,
        jsonb_build_object('by', new.event));
    when 'unsubscribed' then
      perform tell_webhooks(publication, 'subscriber.left', new.subscriber_id, null,
        jsonb_build_object('via', new.detail->>'via'));
    when 'suppression lifted' then
      -- by somebody; where the reader's own confirming did, that is told
      if new.detail ? 'by' then
        perform tell_webhooks(publication, 'subscriber.restored', new.subscriber_id, null, jsonb_build_object(
          'reason', new.detail->>'reason', 'status', (select status from subscribers where id = new.subscriber_id)));
      end if;
    else
      perform tell_webhooks(publication, 'subscriber.suppressed', new.subscriber_id, null,
        jsonb_build_object('reason', case new.event when 'bounced' then 'bounce' when 'complained' then 'complaint'
          else new.detail->>'reason' end));
  end case;
  return null;
end $$;
create trigger tell_webhooks after insert on subscriber_events for each row
  when (new.event in ('confirmed', 'unsubscribe undone', 'unsubscribed', 'bounced', 'complained', 'suppressed',
    'suppression lifted'))
  execute function tell_of_reader();

create function tell_of_forgotten() returns trigger language plpgsql as $$
begin
  if not exists (select from webhooks) then return null; end if;
  perform tell_webhooks(old.publication_id, 'subscriber.forgotten', old.id, null, '{}');
  return null;
end $$;
create trigger tell_webhooks after delete on subscribers for each row execute function tell_of_forgotten();

create function tell_of_send() returns trigger language plpgsql as $$
begin
  if not exists (select from webhooks) then return null; end if;
  if new.state = 'sending' and old.state = 'scheduled' then
    if new.retry_of is null
      and not exists (select from sends where issue_id = new.issue_id and id <> new.id and frozen_at is not null) then
      perform tell_webhooks(new.publication_id, 'issue.published', null, new.id, '{}');
    end if;
    perform tell_webhooks(new.publication_id, 'send.started', null, new.id, '{}');
  elsif new.state = 'sending' then
    perform tell_webhooks(new.publication_id, 'send.resumed', null, new.id, '{}');
  else
    perform tell_webhooks(new.publication_id, 'send.' || new.state, null, new.id,
      case new.state when 'paused' then jsonb_build_object('reason', new.paused_reason)
        when 'held' then jsonb_build_object('reason', new.held_reason) end);
  end if;
  return null;
end $$;
create trigger tell_webhooks after update of state on sends for each row
  when (new.state is distinct from old.state and new.state <> 'scheduled')
  execute function tell_of_send();
