-- What portal users did to attributes, for edit rules that count changes (portal §5.7).
create table portal_attribute_change (
  org_id     text not null,
  entity_id  uuid not null,
  attribute  text not null,
  id         uuid not null,
  changed_at timestamptz not null,
  -- The value waits in a changeset; a dismissed one takes its change with it.
  parked     boolean not null,
  primary key (org_id, entity_id, attribute, id)
);

-- Accesses reported by portals: one event per user, schema, entity and minute.
create table portal_access_event (
  org_id         text not null,
  portal_user_id uuid not null,
  -- Schema, and the entity where one was opened.
  subject        text not null,
  minute         timestamptz not null,
  event_id       text not null,
  primary key (org_id, portal_user_id, subject, minute)
);

create table workflow_execution (
  org_id     text not null,
  id         text not null,
  status     text not null check (status in ('STARTED', 'DONE', 'CLOSED')),
  -- The execution as clients read it: name, definition, flow with sections and steps.
  body       jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (org_id, id)
);

-- Entities a workflow runs for.
create table workflow_context (
  org_id       text not null,
  entity_id    uuid not null,
  execution_id text not null,
  is_primary   boolean not null,
  primary key (org_id, entity_id, execution_id)
);
create index workflow_context_by_execution on workflow_context (org_id, execution_id);
