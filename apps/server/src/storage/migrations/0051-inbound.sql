-- Inbound events, their queue, and what became of them. The two tables that grow are partitioned by week, so that retention drops tables.

create table inbound_event (
  org_id           text not null,
  integration_id   uuid not null,
  -- The time inside the id, so that an event is found by its id alone.
  received_at      timestamptz not null,
  id               text not null,
  use_case_id      uuid,
  event_type       text,
  -- What lists and monitoring show: the event name, or the name of the use case it was addressed to.
  object_type      text not null,
  event_name       text,
  use_case_slug    text,
  -- `timestamp` as the sender wrote it.
  sent_at          text not null,
  format           text not null check (format in ('json', 'xml')),
  payload          text not null,
  deduplication_id text,
  correlation_id   text not null,
  replay_of        text,
  primary key (org_id, integration_id, received_at, id)
) partition by range (received_at);
create table inbound_event_default partition of inbound_event default;

-- Accepted events that are not finished, in the order of acceptance.
create table inbound_queue (
  org_id         text not null,
  integration_id uuid not null,
  position       bigint generated always as identity,
  event_id       text not null,
  received_at    timestamptz not null,
  -- Failed attempts so far, and the instant before which there is no other.
  attempts       integer not null default 0,
  not_before     timestamptz,
  -- How many updates are applied, committed with the updates themselves: a retry continues there.
  progress       integer not null default 0,
  -- What is known of the outcome so far.
  outcome        jsonb,
  primary key (org_id, integration_id, position)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create table inbound_deduplication (
  org_id           text not null,
  integration_id   uuid not null,
  deduplication_id text not null,
  event_id         text not null,
  accepted_at      timestamptz not null,
  primary key (org_id, integration_id, deduplication_id)
);
create index inbound_deduplication_by_time on inbound_deduplication using brin (accepted_at);

create table inbound_monitoring_event (
  org_id                 text not null,
  integration_id         uuid not null,
  completed_at           timestamptz not null,
  event_id               text not null,
  correlation_id         text,
  use_case_id            uuid,
  event_type             text not null,
  object_type            text not null,
  sync_type              text not null check (sync_type in ('entity', 'meter_reading', 'webhook', 'api_deprecation')),
  status                 text not null check (status in ('success', 'error', 'skipped', 'warning')),
  error_code             text,
  error_message          text,
  error_category         text,
  processing_duration_ms integer,
  received_at            timestamptz not null
) partition by range (completed_at);
create table inbound_monitoring_event_default partition of inbound_monitoring_event default;
create index inbound_monitoring_event_by_time
  on inbound_monitoring_event (org_id, integration_id, completed_at desc, event_id desc);

-- Makes the weekly partitions (Monday, UTC) of a table from the week of an instant on. A week whose rows already lie in the default
-- partition stays there.
create function create_weekly_partitions(parent text, starting timestamptz, weeks integer) returns void language plpgsql as $$
declare
  first_day timestamp := date_trunc('week', starting at time zone 'UTC');
  day timestamp;
begin
  for step in 0 .. weeks - 1 loop
    day := first_day + step * interval '7 days';
    begin
      execute format(
        'create table if not exists %I partition of %I for values from (%L) to (%L)',
        parent || '_' || to_char(day, 'YYYYMMDD'), parent, day at time zone 'UTC', (day + interval '7 days') at time zone 'UTC');
    exception when check_violation then
      raise notice '% has rows of the week of % in its default partition', parent, day;
    end;
  end loop;
end $$;

-- Drops the weekly partitions that end before an instant. Rows of the default partition are left to the caller.
create function drop_weekly_partitions(parent text, before timestamptz) returns integer language plpgsql as $$
declare
  dropped integer := 0;
  partition text;
begin
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = parent::regclass and c.relname ~ ('^' || parent || '_[0-9]{8}$')
       and (to_date(right(c.relname, 8), 'YYYYMMDD') + 7)::timestamp at time zone 'UTC' <= before
  loop
    execute format('drop table %I', partition);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

select create_weekly_partitions('inbound_event', now() - interval '7 days', 10);
select create_weekly_partitions('inbound_monitoring_event', now() - interval '7 days', 10);
