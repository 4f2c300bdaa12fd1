-- Requests made with access tokens. Partitioned by week, so that retention drops tables.

create table access_log (
  org_id          text not null,
  timestamp       timestamptz not null,
  request_id      text not null,
  token_id        text not null,
  service         text not null,
  method          text not null,
  -- Without the query.
  path            text not null,
  status          smallint not null,
  latency_ms      integer not null,
  response_length bigint not null,
  origin          text,
  source_ip       text not null
) partition by range (timestamp);
create table access_log_default partition of access_log default;
create index access_log_of_token on access_log (org_id, token_id, timestamp desc, request_id desc);

select create_weekly_partitions('access_log', now() - interval '7 days', 6);
