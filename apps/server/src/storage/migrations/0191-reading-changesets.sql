-- Readings that wait for the ERP or for staff (contract schema `MeterReadingChangeset`).
create table reading_changeset (
  org_id     text not null,
  meter_id   uuid not null,
  counter_id uuid not null,
  id         uuid not null,
  -- The values of the reading as it would be stored, and of the one it would replace.
  proposed   jsonb not null,
  previous   jsonb,
  edit_mode  text not null check (edit_mode in ('external', 'approval')),
  -- How an ERP's reading confirms it: match_strategy, fuzzy_config, timestamp_tolerance.
  matching   jsonb not null default '{}',
  created_at timestamptz not null,
  created_by jsonb not null default '{}',
  primary key (org_id, meter_id, counter_id, id)
);
