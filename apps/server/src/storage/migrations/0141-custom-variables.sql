-- Texts that an organisation's templates name: `{{key}}` (contract template-variables, custom variables).
create table custom_variable (
  org_id     text not null,
  id         uuid not null,
  key        text not null,
  -- Everything else as clients sent it.
  definition jsonb not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, id)
);
create unique index custom_variable_key on custom_variable (org_id, key);
