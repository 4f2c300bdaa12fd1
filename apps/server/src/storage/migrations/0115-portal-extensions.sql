-- What installed apps offer to portals: one row per extension, as the app defines it (portal §9.1). Portals refer to extensions by id alone.
create table portal_extension (
  org_id       text not null,
  extension_id text not null,
  app_id       text not null,
  -- The place in the app's own list.
  position     integer not null,
  definition   jsonb not null,
  updated_at   timestamptz not null,
  primary key (org_id, extension_id)
);
