-- Guessing is slowed down per account and client, and per account for all unfamiliar clients together; nobody's account is locked for everybody.

-- All clients from which an account has never been signed in to, together. The key is a hash of portal and address.
create table sign_in_pace (
  org_id    text not null,
  key_hash  text not null,
  failures  integer not null,
  -- The count starts over.
  resets_at timestamptz not null,
  -- The next attempt beyond the free ones is looked at from here on.
  next_at   timestamptz not null,
  primary key (org_id, key_hash)
);
create index sign_in_pace_over on sign_in_pace (resets_at);

-- Clients from which somebody has proved to be the owner of an address. The key is a hash of portal, address and client.
create table known_client (
  org_id   text not null,
  key_hash text not null,
  seen_at  timestamptz not null,
  primary key (org_id, key_hash)
);
create index known_client_seen on known_client (seen_at);

-- A password that was set through the mailbox; null when its owner set it otherwise.
alter table portal_account add column password_mailed_at timestamptz;
