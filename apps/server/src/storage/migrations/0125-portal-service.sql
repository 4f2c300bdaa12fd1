-- Messages to single portal users, shown inside the portal (portal §10.1).
create table portal_notification (
  org_id         text not null,
  portal_user_id uuid not null,
  id             text not null,
  status         text not null check (status in ('unread', 'read', 'important')),
  -- What the message says, as clients read it.
  body           jsonb not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  primary key (org_id, portal_user_id, id)
);

-- What became of a campaign at each entity it is aimed at (portal §10.2).
create table campaign_recipient (
  org_id      text not null,
  campaign_id uuid not null,
  entity_id   uuid not null,
  status      text not null check (status in ('seen', 'dismissed', 'clicked')),
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (org_id, campaign_id, entity_id)
);

-- Files that a portal user has opened or downloaded: they are not new to them any more (portal §6.3).
create table portal_file_seen (
  org_id         text not null,
  portal_user_id uuid not null,
  file_id        uuid not null,
  seen_at        timestamptz not null,
  primary key (org_id, portal_user_id, file_id)
);
