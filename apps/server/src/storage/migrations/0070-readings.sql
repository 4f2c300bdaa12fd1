-- Meter readings: cumulative values of a counter, exact, by the instant they were taken.

create table reading (
  org_id      text not null,
  meter_id    uuid not null,
  -- Null for a reading of a meter without counters.
  counter_id  uuid,
  id          uuid not null,
  timestamp   timestamptz not null,
  direction   text not null check (direction in ('feed-in', 'feed-out')),
  value       numeric not null,
  source      text not null,
  reason      text,
  status      text not null,
  external_id text,
  -- Everything else of the reading: read_by, remark, note, unit, metadata, and what an ERP sent beside them.
  details     jsonb not null default '{}',
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  -- The timestamp is in the key, so that the table can be partitioned by it.
  primary key (org_id, meter_id, timestamp, id)
);
create index reading_by_counter on reading (org_id, counter_id, timestamp);
create index reading_by_external_id on reading (org_id, external_id, meter_id) where external_id is not null;
