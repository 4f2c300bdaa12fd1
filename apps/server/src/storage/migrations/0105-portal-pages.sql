-- Pages of portals with their blocks (portal §3.5). The id is unique in the organisation: half of the operations know nothing else.
create table portal_page (
  org_id           text not null,
  page_id          text not null,
  portal_id        text not null,
  -- Everything but the id and what the other columns say; blocks by id.
  page             jsonb not null,
  last_modified_at timestamptz not null,
  primary key (org_id, page_id)
);
create index portal_page_by_portal on portal_page (org_id, portal_id);
