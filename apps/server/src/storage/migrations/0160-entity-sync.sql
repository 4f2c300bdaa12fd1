-- When integrations last looked at an entity, and last changed it; and when its ERP was last asked for newer data.
create table entity_sync (
  org_id          text not null,
  entity_id       uuid not null,
  integration_id  uuid not null,
  -- Also moved by events that changed nothing.
  last_synced_at  timestamptz not null,
  last_changed_at timestamptz,
  requested_at    timestamptz,
  primary key (org_id, entity_id, integration_id),
  foreign key (org_id, entity_id) references entity (org_id, id) on delete cascade,
  foreign key (org_id, integration_id) references integration (org_id, id) on delete cascade
) with (fillfactor = 80);
create index entity_sync_integration on entity_sync (org_id, integration_id);
