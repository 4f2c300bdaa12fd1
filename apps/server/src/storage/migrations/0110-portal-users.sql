-- Portal users: links to identity providers, and finding those in the recycle bin again.

-- Who a provider says a user is: issuer and subject.
create table portal_user_link (
  org_id         text not null,
  portal_id      text not null,
  issuer         text not null,
  subject        text not null,
  portal_user_id uuid not null,
  linked_at      timestamptz not null,
  primary key (org_id, portal_id, issuer, subject)
);
create index portal_user_link_by_user on portal_user_link (org_id, portal_user_id);
create index portal_user_link_by_subject on portal_user_link (org_id, issuer, subject);

-- What identity services report about the interests of their users, for later processing (portal §4.8).
create table portal_interest_change (
  org_id      text not null,
  -- ULID: sorts by time.
  id          text not null,
  client_id   text not null,
  user_id     text not null,
  body        jsonb not null,
  received_at timestamptz not null,
  primary key (org_id, id)
);

-- Who registers again with the address of a deleted account. Read in the installation's scope.
create index entity_deleted_portal_user_address on entity
  (org_id, (doc ->> 'portal_id'), lower(doc #>> '{email,0,email}')) where schema = 'portal_user' and deleted_at is not null;
