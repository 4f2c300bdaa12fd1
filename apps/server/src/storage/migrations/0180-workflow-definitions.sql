-- What workflows are started from: name, settings and flow as staff wrote them.
create table workflow_definition (
  org_id     text not null,
  id         text not null,
  body       jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (org_id, id)
);
