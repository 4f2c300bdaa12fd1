-- What administrators set for their portals. The tables portal and portal_domain exist since 0040; here they get the rest.

-- Counts every save; copies kept in memory are compared by it.
alter table portal add column revision integer not null default 1;
alter table portal add column updated_at timestamptz;
-- Sealed texts by name: accessToken, extensionOptions. The configuration itself holds no secret.
alter table portal add column secrets jsonb not null default '{}';
create index portal_by_origin on portal (org_id, origin, created_at, portal_id);

-- A claimed name that is switched off leads nowhere, and still nobody else may claim it.
alter table portal_domain add column active boolean not null default true;
create index portal_domain_by_portal on portal_domain (org_id, portal_id);

-- The configuration as every save left it, without secrets.
create table portal_revision (
  org_id    text not null,
  portal_id text not null,
  revision  integer not null,
  enabled   boolean not null,
  config    jsonb not null,
  saved_by  text not null,
  saved_at  timestamptz not null,
  primary key (org_id, portal_id, revision)
);

-- Shared by all portals of an origin (portal §2.3).
create table portal_identity_provider (
  org_id   text not null,
  origin   text not null,
  slug     text not null,
  position integer not null,
  provider jsonb not null,
  -- Its client secrets and test credentials, sealed as one JSON text.
  secrets  text,
  primary key (org_id, origin, slug)
);

create table portal_widget_list (
  org_id    text not null,
  portal_id text not null,
  widgets   jsonb not null,
  primary key (org_id, portal_id)
);

-- The certificate of a portal's own domain, as the edge obtains it and the last look found it.
create table portal_certificate (
  org_id        text not null,
  portal_id     text not null,
  domain        text not null,
  status        text not null check (status in ('PENDING_VALIDATION', 'ISSUED', 'INACTIVE', 'EXPIRED',
                  'VALIDATION_TIMED_OUT', 'REVOKED', 'FAILED', 'PENDING_AUTO_RENEWAL')),
  failed_reason text,
  ordered_at    timestamptz not null,
  checked_at    timestamptz not null,
  primary key (org_id, portal_id)
);
create index portal_certificate_open on portal_certificate (checked_at);
