-- Outbound flows: open acknowledgements, and the automation actions that were carried out.

create table outbound_tracking (
  org_id         text not null,
  -- What the consumer finds as `_ack_id` in the event.
  ack_id         text not null,
  event_id       text not null,
  event_name     text not null,
  correlation_id text not null,
  -- `[{ integration_id, use_case_id }]`: the use cases that sent the event.
  use_cases      jsonb not null,
  created_at     timestamptz not null,
  primary key (org_id, ack_id)
);
create index outbound_tracking_by_time on outbound_tracking (created_at);

create table erp_trigger (
  org_id         text not null,
  execution_id   text not null,
  flow_action_id text not null,
  started_at     timestamptz not null,
  -- The answer of the first call; null while it is on its way.
  outcome        jsonb,
  primary key (org_id, execution_id, flow_action_id)
);
create index erp_trigger_by_time on erp_trigger (started_at);

-- Every catalog event asks which enabled outbound use cases of the organisation there are.
create index use_case_outbound on use_case (org_id, position) where type = 'outbound';
