-- Events that left the system's own domains, and their delivery to webhooks.

create table event_setting (
  org_id     text not null,
  event_name text not null,
  enabled    boolean not null,
  updated_at timestamptz not null,
  primary key (org_id, event_name)
);

create table catalog_event (
  org_id         text not null,
  -- ULID; its time is created_at.
  id             text not null,
  created_at     timestamptz not null,
  name           text not null,
  correlation_id text not null,
  -- The whole event as consumers see it. Null after the retention of payloads.
  body           jsonb,
  primary key (org_id, id)
);
create index catalog_event_by_time on catalog_event using brin (created_at);

create table webhook_config (
  org_id         text not null,
  id             text not null,
  name           text not null,
  event_name     text not null,
  enabled        boolean not null,
  -- The contract's WebhookConfig without `auth` and without secrets.
  definition     jsonb not null,
  -- Sealed JSON of `auth`, and the sealed signing secret.
  auth           text not null,
  signing_secret text not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  primary key (org_id, id)
);
create index webhook_config_by_event on webhook_config (org_id, event_name);

create table webhook_signing_key (
  org_id      text not null primary key,
  public_key  text not null,
  private_key text not null,
  created_at  timestamptz not null
);

-- One row per delivery, however many attempts. Every unique index contains created_at, so that the table can be partitioned by it.
create table webhook_delivery (
  org_id          text not null,
  created_at      timestamptz not null,
  -- ULID; its time is created_at, so that a delivery is found by its id alone.
  id              text not null,
  webhook_id      text not null,
  event_name      text not null,
  -- The catalog event; null for deliveries that no event caused.
  event_id        text,
  status          text not null check (status in ('pending', 'succeeded', 'failed')),
  attempts        integer not null default 0,
  -- Not before this instant, while pending.
  next_attempt_at timestamptz,
  completed_at    timestamptz,
  url             text not null,
  http_method     text not null,
  -- The body as sent; null where none was sent, and after the retention of payloads.
  payload         text,
  -- Status, message, masked headers and body excerpt of the last attempt.
  http_response   jsonb,
  metadata        jsonb not null,
  primary key (org_id, created_at, id)
);
create index webhook_delivery_of_config on webhook_delivery (org_id, webhook_id, created_at desc, id desc);
create index webhook_delivery_of_event on webhook_delivery (org_id, event_name, created_at desc, id desc);
create index webhook_delivery_unfinished on webhook_delivery (org_id, status, created_at desc, id desc) where status <> 'succeeded';
create index webhook_delivery_by_time on webhook_delivery using brin (created_at);
