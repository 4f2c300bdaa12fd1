create table environment_variable (
  org_id      text not null,
  key         text not null,
  type        text not null,
  -- Null when the variable was created without a value. Secrets are sealed in `secret` instead.
  value       jsonb,
  secret      text,
  description text,
  group_name  text,
  protected   boolean not null default false,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (org_id, key)
);
