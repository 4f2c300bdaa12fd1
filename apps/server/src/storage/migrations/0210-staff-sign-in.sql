-- Staff sign in (identity §2.2): with a local password, or through the installation's OpenID provider.
alter table staff_user add column password_hash text;

create table staff_session (
  org_id     text not null,
  id         uuid not null,
  user_id    text not null,
  auth_time  timestamptz not null,
  -- Refreshing does not move it.
  expires_at timestamptz not null,
  ended_at   timestamptz,
  end_reason text,
  primary key (org_id, id)
);
create index staff_session_by_user on staff_session (org_id, user_id);
create index staff_session_by_expiry on staff_session (expires_at);

create table staff_refresh_token (
  org_id     text not null,
  token_hash text not null,
  session_id uuid not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (org_id, token_hash)
);
create index staff_refresh_token_by_expiry on staff_refresh_token (expires_at);

-- Authorization codes on their way from the browser to the client: good for a minute, once.
create table staff_code (
  org_id         text not null,
  code_hash      text not null,
  user_id        text not null,
  client_id      text not null,
  redirect_uri   text not null,
  code_challenge text not null,
  expires_at     timestamptz not null,
  primary key (org_id, code_hash)
);
create index staff_code_by_expiry on staff_code (expires_at);
