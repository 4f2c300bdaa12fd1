-- ERP integrations, their use cases with history, and the mapping of apps to integrations.

create table integration (
  org_id     text not null,
  id         uuid not null,
  -- Creation order; lists show the oldest first.
  position   bigint generated always as identity,
  -- The editable fields as the contract names them.
  definition jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (org_id, id)
);

create table use_case (
  org_id             text not null,
  integration_id     uuid not null,
  id                 uuid not null,
  position           bigint generated always as identity,
  name               text not null,
  -- Null only while nobody has set one; immutable afterwards.
  slug               text,
  type               text not null check (type in ('inbound', 'outbound', 'file_proxy')),
  enabled            boolean not null,
  configuration      jsonb,
  change_description text,
  -- Counts the saves; what is prepared from a configuration is kept by it.
  version            integer not null default 1,
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, integration_id) references integration (org_id, id) on delete cascade
);
create unique index use_case_slug on use_case (org_id, integration_id, slug);
create index use_case_of_integration on use_case (org_id, integration_id, position);
-- Clients may choose ids, so one id must not mean two use cases anywhere in the installation.
create unique index use_case_id on use_case (id);

create table use_case_history (
  org_id             text not null,
  use_case_id        uuid not null,
  position           bigint generated always as identity,
  id                 uuid not null,
  -- The use case before a change, as the contract shows it.
  entry              jsonb not null,
  history_created_at timestamptz not null,
  primary key (org_id, use_case_id, position),
  foreign key (org_id, use_case_id) references use_case (org_id, id) on delete cascade
);

create table integration_app_mapping (
  org_id         text not null,
  app_id         uuid not null,
  component_id   uuid not null,
  integration_id uuid not null,
  primary key (org_id, app_id, component_id),
  foreign key (org_id, integration_id) references integration (org_id, id) on delete cascade
);
create index integration_app_mapping_of_integration on integration_app_mapping (org_id, integration_id);
