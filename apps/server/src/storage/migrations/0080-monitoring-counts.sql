-- Monitoring rows counted ahead, so that statistics over millions of rows read hundreds. Triggers append what a statement added (`_delta`); a
-- recurring job folds that into counts per 5 minutes, hour and day. Both are read together, so that answers are exact at any time.

create table inbound_monitoring_delta (
  org_id         text not null,
  integration_id uuid not null,
  -- Start of the 5 minutes.
  bucket         timestamptz not null,
  use_case_id    uuid,
  object_type    text not null,
  sync_type      text not null,
  status         text not null,
  error_category text,
  events         bigint not null
);
create index inbound_monitoring_delta_of_integration on inbound_monitoring_delta (org_id, integration_id);

create table inbound_monitoring_count (
  org_id         text not null,
  integration_id uuid not null,
  -- Seconds: 300, 3600 or 86400.
  span           integer not null,
  bucket         timestamptz not null,
  use_case_id    uuid,
  object_type    text not null,
  sync_type      text not null,
  status         text not null,
  error_category text,
  events         bigint not null
) with (fillfactor = 80);
create unique index inbound_monitoring_count_key on inbound_monitoring_count
  (org_id, integration_id, span, bucket, use_case_id, object_type, sync_type, status, error_category) nulls not distinct;

create function count_inbound_monitoring() returns trigger language plpgsql as $$
begin
  insert into inbound_monitoring_delta
         (org_id, integration_id, bucket, use_case_id, object_type, sync_type, status, error_category, events)
  select org_id, integration_id, date_bin('5 minutes', completed_at, timestamptz '2000-01-01 00:00:00Z'), use_case_id, object_type,
         sync_type, status, error_category, count(*)
    from added group by 1, 2, 3, 4, 5, 6, 7, 8;
  return null;
end $$;
create trigger count_inbound_monitoring after insert on inbound_monitoring_event
  referencing new table as added for each statement execute function count_inbound_monitoring();

-- `last_error_at`.
create index inbound_monitoring_event_errors on inbound_monitoring_event (org_id, integration_id, completed_at desc) where status = 'error';

-- Deliveries of outbound use cases; a jsonb operator could not use an index under row-level security.
alter table webhook_delivery add column use_case_id text generated always as (metadata ->> 'use_case_id') stored;
create index webhook_delivery_of_use_case on webhook_delivery (org_id, use_case_id, created_at desc, id desc)
  where use_case_id is not null;
create index webhook_delivery_of_use_case_unfinished on webhook_delivery (org_id, use_case_id, status, created_at desc, id desc)
  where use_case_id is not null and status <> 'succeeded';

create table outbound_monitoring_delta (
  org_id      text not null,
  use_case_id text not null,
  bucket      timestamptz not null,
  event_name  text not null,
  webhook_id  text not null,
  status      text not null,
  -- Negative where deliveries left a status.
  events      bigint not null
);
create index outbound_monitoring_delta_of_use_case on outbound_monitoring_delta (org_id, use_case_id);

create table outbound_monitoring_count (
  org_id      text not null,
  use_case_id text not null,
  span        integer not null,
  bucket      timestamptz not null,
  event_name  text not null,
  webhook_id  text not null,
  status      text not null,
  events      bigint not null,
  primary key (org_id, use_case_id, span, bucket, event_name, webhook_id, status)
) with (fillfactor = 80);

create function count_added_deliveries() returns trigger language plpgsql as $$
begin
  insert into outbound_monitoring_delta (org_id, use_case_id, bucket, event_name, webhook_id, status, events)
  select org_id, use_case_id, date_bin('5 minutes', created_at, timestamptz '2000-01-01 00:00:00Z'), event_name, webhook_id, status, count(*)
    from added where use_case_id is not null group by 1, 2, 3, 4, 5, 6;
  return null;
end $$;
create trigger count_added_deliveries after insert on webhook_delivery
  referencing new table as added for each statement execute function count_added_deliveries();

create function count_changed_deliveries() returns trigger language plpgsql as $$
begin
  insert into outbound_monitoring_delta (org_id, use_case_id, bucket, event_name, webhook_id, status, events)
  select org_id, use_case_id, date_bin('5 minutes', created_at, timestamptz '2000-01-01 00:00:00Z'), event_name, webhook_id, status, sum(sign)
    from (select org_id, use_case_id, created_at, event_name, webhook_id, status, 1 as sign from after_change where use_case_id is not null
          union all
          select org_id, use_case_id, created_at, event_name, webhook_id, status, -1 from before_change where use_case_id is not null) change
   group by 1, 2, 3, 4, 5, 6 having sum(sign) <> 0;
  return null;
end $$;
create trigger count_changed_deliveries after update on webhook_delivery
  referencing old table as before_change new table as after_change for each statement execute function count_changed_deliveries();
