-- What the last event about an entity came to, and readings of a meter or counter, which may be synced without the entity itself.
alter table entity_sync
  alter column last_synced_at drop not null,
  add column use_case_id              uuid,
  add column last_operation           text check (last_operation in ('create', 'patch', 'delete', 'no-op')),
  add column last_event_id            text,
  add column readings_last_synced_at  timestamptz,
  add column readings_last_operation  text check (readings_last_operation in ('upsert', 'delete')),
  add column readings_last_event_id   text;
