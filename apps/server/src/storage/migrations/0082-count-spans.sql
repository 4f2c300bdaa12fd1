-- Counts of one span lie together, so that a day's counts are not read from between its 5 minutes; and there are spans of three hours.

drop table inbound_monitoring_count;
create table inbound_monitoring_count (
  org_id         text not null,
  integration_id uuid not null,
  -- Seconds.
  span           integer not null,
  bucket         timestamptz not null,
  use_case_id    uuid,
  object_type    text not null,
  sync_type      text not null,
  status         text not null,
  error_category text,
  events         bigint not null
) partition by list (span);
create table inbound_monitoring_count_5m partition of inbound_monitoring_count for values in (300) with (fillfactor = 80);
create table inbound_monitoring_count_1h partition of inbound_monitoring_count for values in (3600) with (fillfactor = 80);
create table inbound_monitoring_count_3h partition of inbound_monitoring_count for values in (10800) with (fillfactor = 80);
create table inbound_monitoring_count_1d partition of inbound_monitoring_count for values in (86400) with (fillfactor = 80);
create unique index inbound_monitoring_count_key on inbound_monitoring_count
  (org_id, integration_id, span, bucket, use_case_id, object_type, sync_type, status, error_category) nulls not distinct;

drop table outbound_monitoring_count;
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
) partition by list (span);
create table outbound_monitoring_count_5m partition of outbound_monitoring_count for values in (300) with (fillfactor = 80);
create table outbound_monitoring_count_1h partition of outbound_monitoring_count for values in (3600) with (fillfactor = 80);
create table outbound_monitoring_count_3h partition of outbound_monitoring_count for values in (10800) with (fillfactor = 80);
create table outbound_monitoring_count_1d partition of outbound_monitoring_count for values in (86400) with (fillfactor = 80);

-- Whoever looks for a status looks for a rare one.
create index access_log_of_token_by_status on access_log (org_id, token_id, status, timestamp desc, request_id desc) where status <> 200;
