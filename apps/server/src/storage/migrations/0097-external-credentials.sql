-- Credentials of partners whose prices and catalogs are offered (getag, external-catalog). The sealed text is JSON; it opens only for this
-- organisation and integration.
create table external_credentials (
  org_id      text not null,
  integration text not null,
  sealed      text not null,
  saved_at    timestamptz not null,
  primary key (org_id, integration)
);
