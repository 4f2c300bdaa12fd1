-- The entity graph: documents, their relations as edges, their schemas, and what happened to them.

create table entity_schema (
  org_id     text not null,
  slug       text not null,
  version    integer not null,
  definition jsonb not null,
  created_at timestamptz not null default now(),
  primary key (org_id, slug, version)
);

-- Changes with every saved schema, so that processes know when to read the schemas again.
create table entity_schema_generation (
  org_id     text not null primary key,
  generation bigint not null
);

create table entity (
  org_id     text not null,
  id         uuid not null,
  schema     text not null,
  -- All members but the platform's own columns: attributes, _tags, _purpose, _changesets ...
  doc        jsonb not null,
  title      text not null default '',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  -- Lower-cased words of the document's values. It narrows a search down; the document itself decides.
  words      tsvector not null default ''::tsvector,
  primary key (org_id, id)
);
create index entity_by_creation on entity (org_id, schema, created_at desc, id) where deleted_at is null;
create index entity_by_update on entity (org_id, schema, updated_at desc, id) where deleted_at is null;
create index entity_deleted on entity (deleted_at) where deleted_at is not null;
-- fastupdate off: unique-id lookups read this index right after writes, and a pending list would be scanned by every one of them.
create index entity_words on entity using gin (words) with (fastupdate = off);

-- Row-level security keeps the planner from using an index for operators that are not leakproof (such as @@), so searches read this view:
-- it filters by organisation itself, with its owner's rights.
create view searchable_entity as
  select * from entity where org_id = current_setting('busbar.org_id');

-- Mirror of the $relation attributes, asked in both directions.
create table entity_edge (
  org_id      text not null,
  from_id     uuid not null,
  from_schema text not null,
  attribute   text not null,
  to_id       uuid not null,
  to_schema   text not null,
  position    integer not null,
  tags        text[] not null default '{}',
  primary key (org_id, from_id, attribute, to_id)
);
create index entity_edge_reverse on entity_edge (org_id, to_id, from_schema, attribute);

create table entity_sequence (
  org_id     text not null,
  schema     text not null,
  attribute  text not null,
  next_value bigint not null,
  primary key (org_id, schema, attribute)
);

create table activity (
  org_id    text not null,
  -- ULID: sorts by time.
  id        text not null,
  timestamp timestamptz not null,
  type      text not null,
  title     text not null,
  message   text not null default '',
  payload   jsonb not null default '{}',
  caller    jsonb not null default '{}',
  -- A pending activity is announced and not yet part of any feed.
  pending   boolean not null default false,
  primary key (org_id, id)
);

create table activity_operation (
  org_id      text not null,
  activity_id text not null,
  entity_id   uuid not null,
  position    integer not null,
  operation   jsonb not null,
  primary key (org_id, entity_id, activity_id, position)
);
create index activity_operation_by_activity on activity_operation (org_id, activity_id, position);

-- Feeds that show an activity although none of its operations is theirs.
create table activity_attachment (
  org_id      text not null,
  entity_id   uuid not null,
  activity_id text not null,
  primary key (org_id, entity_id, activity_id)
);
create index activity_attachment_by_activity on activity_attachment (org_id, activity_id);
