-- Who may do what: organisations, staff, roles, access tokens, signing keys, portals, portal accounts and their sessions.

create table organisation (
  org_id     text primary key,
  name       text not null,
  active     boolean not null default true,
  profile    jsonb not null default '{}',
  created_at timestamptz not null
);

create table organisation_setting (
  org_id text not null,
  key    text not null,
  value  jsonb not null,
  primary key (org_id, key)
);

create table staff_user (
  org_id       text not null,
  id           text not null,
  email        text not null,
  display_name text not null,
  status       text not null check (status in ('Pending', 'Active', 'Deactivated', 'Deleted')),
  -- Role ids as a JSON array.
  roles        jsonb not null default '[]',
  created_at   timestamptz not null,
  activated_at timestamptz,
  primary key (org_id, id)
);
-- One installation, one staff address (identity §2.1).
create unique index staff_user_email on staff_user (email) where status <> 'Deleted';

create table role (
  org_id      text not null,
  id          text not null,
  slug        text not null,
  name        text not null,
  type        text not null check (type in ('user_role', 'org_role', 'share_role', 'partner_role', 'portal_role')),
  parent_role text,
  grants      jsonb not null,
  expires_at  timestamptz,
  primary key (org_id, id)
);
create unique index role_one_ceiling on role (org_id) where type = 'org_role';

-- Access tokens that are listed and can be revoked. The JWT itself is never stored.
create table access_token (
  org_id     text not null,
  id         text not null,
  token_type text not null,
  name       text not null,
  -- The user or token that asked for it; the installation's own command for the first one.
  creator    text not null,
  roles      jsonb not null,
  journey_id text,
  portal_id  text,
  read_only  boolean not null,
  -- The key that signed it stays published while this token lives.
  key_id     text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used  date,
  primary key (org_id, id)
);
create index access_token_by_creator on access_token (org_id, creator, created_at);
create index access_token_by_key on access_token (key_id);

-- Belongs to the installation: no organisation, closed to the tenant role.
create table signing_key (
  id             text primary key,
  key_set        text not null check (key_set in ('access', 'public', 'portal-preview', 'portal')),
  public_key     jsonb not null,
  sealed_private text not null,
  created_at     timestamptz not null,
  -- Signs from here on; published since its creation.
  active_from    timestamptz not null
);
create index signing_key_by_set on signing_key (key_set, active_from);

create table portal (
  org_id     text not null,
  portal_id  text not null,
  origin     text not null,
  enabled    boolean not null default false,
  config     jsonb not null default '{}',
  created_at timestamptz not null,
  primary key (org_id, portal_id)
);
create unique index portal_by_id on portal (portal_id);

create table portal_domain (
  org_id    text not null,
  domain    text not null,
  portal_id text not null,
  primary key (org_id, domain)
);
-- A host name leads to one portal of the whole installation (portal §2.2).
create unique index portal_domain_unique on portal_domain (domain);

-- The credential of a portal user. Its id is the `sub` of tokens; the person's data is the portal_user entity.
create table portal_account (
  org_id           text not null,
  id               uuid not null,
  portal_id        text not null,
  portal_user_id   uuid not null,
  email            text not null,
  email_verified   boolean not null default false,
  password_hash    text,
  -- Hashes of former passwords, newest first.
  password_history jsonb not null default '[]',
  created_at       timestamptz not null,
  primary key (org_id, id)
);
create unique index portal_account_email on portal_account (org_id, portal_id, email);
create unique index portal_account_user on portal_account (org_id, portal_user_id);

create table portal_session (
  org_id         text not null,
  id             uuid not null,
  portal_id      text not null,
  account_id     uuid not null,
  portal_user_id uuid not null,
  -- The 360 user behind a login-as session.
  impersonator   text,
  auth_time      timestamptz not null,
  expires_at     timestamptz not null,
  ended_at       timestamptz,
  end_reason     text,
  primary key (org_id, id)
);
create index portal_session_by_user on portal_session (org_id, portal_user_id) where ended_at is null;
create index portal_session_expired on portal_session (expires_at);

create table portal_refresh_token (
  org_id     text not null,
  token_hash text not null,
  session_id uuid not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (org_id, token_hash)
);
create index portal_refresh_token_expired on portal_refresh_token (expires_at);

-- Proofs that work once: codes and links in mails, tickets handed between systems. The purpose is part of every hash.
create table portal_challenge (
  org_id          text not null,
  id              uuid not null,
  portal_id       text not null,
  purpose         text not null,
  -- No account: the answer looks the same, and nothing ever fits.
  account_id      uuid,
  code_hash       text,
  code_expires_at timestamptz,
  link_hash       text,
  link_expires_at timestamptz,
  tries           integer not null default 0,
  used_at         timestamptz,
  detail          jsonb not null default '{}',
  created_at      timestamptz not null,
  primary key (org_id, id)
);
create unique index portal_challenge_link on portal_challenge (link_hash) where link_hash is not null;
create index portal_challenge_by_account on portal_challenge (org_id, account_id, purpose);

-- Counters of guessable things. The key is a hash; who was counted cannot be read back.
create table rate_window (
  org_id    text not null,
  key_hash  text not null,
  count     integer not null,
  resets_at timestamptz not null,
  primary key (org_id, key_hash)
);
create index rate_window_over on rate_window (resets_at);

create table sign_in_lock (
  org_id       text not null,
  key_hash     text not null,
  failures     integer not null,
  resets_at    timestamptz not null,
  -- How often this account was locked in a row; every time the lock lasts twice as long.
  locks        integer not null default 0,
  locked_until timestamptz,
  primary key (org_id, key_hash)
);

create table audit_entry (
  org_id       text not null,
  -- ULID: sorts by time.
  id           text not null,
  at           timestamptz not null,
  actor        text not null,
  impersonator text,
  action       text not null,
  resource     text not null,
  result       text not null check (result in ('success', 'failure', 'denied')),
  request_id   text,
  ip           text,
  primary key (org_id, id)
);

-- Sign-in by address when a portal user has no credential yet (an integration made it). Read in the installation's scope.
create index entity_portal_user_address on entity
  (org_id, (doc ->> 'portal_id'), lower(doc #>> '{email,0,email}')) where schema = 'portal_user' and deleted_at is null;
