-- Events of different groups are processed side by side: a group has a lane of its integration (1 to 20, several groups may share one), events without a
-- group have lane 0, which is never beside the others: it waits for all that came before it, and what comes after waits for it.
alter table inbound_event add column group_id text;
alter table inbound_queue add column lane smallint not null default 0;
alter table inbound_queue drop constraint inbound_queue_pkey, add primary key (org_id, integration_id, lane, position);
-- The first of all events with a group.
create index inbound_queue_grouped on inbound_queue (org_id, integration_id, position) where lane > 0;

-- Has a lane of an integration processed.
-- In PL/pgSQL: a function in SQL that is not inlined is parsed and planned anew by each statement that calls it, and this one is called by every acceptance.
create function enqueue_inbound_lane(of_org text, of_queue text, integration uuid, lane smallint, at timestamptz) returns void
language plpgsql volatile as $$
declare
  key text := case when lane = 0 then integration::text else integration || ' ' || lane end;
begin
  perform enqueue_once(of_org, of_queue, key, key, jsonb_build_object('integrationId', integration, 'lane', lane), 'ready', at, at);
end $$;

-- Stores events, queues those to be processed, notes what monitoring shows at once, and has the queues processed. Answers 'stale' and does nothing when
-- the use cases that the events were routed by have changed; 'duplicate' for every event that repeats one of the last 24 hours and the event that holds its id.
-- The arrays hold one entry per event. They are read by subscript: unnesting fifteen of them costs more than all the insertions of a small call.
create function accept_inbound_events(
  of_org text, at timestamptz, unclaimed_since timestamptz, of_queue text, duplicate_message text,
  routed_integrations uuid[], routings text[],
  integration_ids uuid[], received timestamptz[], ids text[], use_case_ids uuid[], event_types text[], object_types text[], event_names text[],
  use_case_slugs text[], sent text[], formats text[], payloads text[], deduplication_ids text[], correlation_ids text[], replays text[],
  -- to be processed; the others are only kept
  processed boolean[],
  groups text[], lanes smallint[],
  monitoring jsonb
) returns table (outcome text, duplicate text, holder text)
language plpgsql volatile
-- Every look-up is by key: planning the statements anew for each call would cost more than running them.
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  claimants integer[];
  won integer;
  duplicates integer[] := '{}';
  holders text[] := '{}';
  integration uuid;
  lane smallint;
begin
  for n in 1 .. cardinality(routed_integrations) loop
    if inbound_routing(of_org, routed_integrations[n]) is distinct from routings[n] then
      return query select 'stale', null::text, null::text;
      return;
    end if;
  end loop;

  -- The first event with an id claims it; concurrent claims wait for each other's transactions, all in one order, so that exactly one wins.
  select array_agg(n) into claimants from generate_series(1, cardinality(ids)) as n
   where processed[n] and deduplication_ids[n] is not null and replays[n] is null;
  if claimants is not null then
    insert into inbound_deduplication as d (org_id, integration_id, deduplication_id, event_id, accepted_at)
    select distinct on (integration_ids[n], deduplication_ids[n] collate "C") of_org, integration_ids[n], deduplication_ids[n], ids[n], at
      from unnest(claimants) as n order by integration_ids[n], deduplication_ids[n] collate "C", n
    on conflict (org_id, integration_id, deduplication_id) do update set event_id = excluded.event_id, accepted_at = excluded.accepted_at
     where d.accepted_at <= unclaimed_since;
    get diagnostics won = row_count;
    if won < cardinality(claimants) then
      select array_agg(n), array_agg(d.event_id) into duplicates, holders from unnest(claimants) as n cross join lateral (
        select d.event_id from inbound_deduplication d
         where d.org_id = of_org and d.integration_id = integration_ids[n] and d.deduplication_id = deduplication_ids[n] offset 0) as d
       where d.event_id <> ids[n];
    end if;
  end if;

  insert into inbound_event (org_id, integration_id, received_at, id, use_case_id, event_type, object_type, event_name, use_case_slug, sent_at,
                             format, payload, deduplication_id, correlation_id, replay_of, group_id)
  select of_org, integration_ids[n], received[n], ids[n], use_case_ids[n], event_types[n], object_types[n], event_names[n], use_case_slugs[n],
         sent[n], formats[n], payloads[n], deduplication_ids[n], correlation_ids[n], replays[n], groups[n]
    from generate_series(1, cardinality(ids)) as n where n <> all(duplicates);
  insert into inbound_queue (org_id, integration_id, event_id, received_at, lane)
  select of_org, integration_ids[n], ids[n], received[n], lanes[n]
    from generate_series(1, cardinality(ids)) as n where processed[n] and n <> all(duplicates);

  -- Rows of one event lie a millisecond apart, because clients page by instant and event id.
  if monitoring <> '[]' or duplicates <> '{}' then
    insert into inbound_monitoring_event (org_id, integration_id, completed_at, event_id, correlation_id, use_case_id, event_type, object_type,
      sync_type, status, error_code, error_message, error_category, received_at)
    select of_org, integration_id, at + (row_number() over (partition by event_id order by number) - 1) * interval '1 millisecond', event_id,
           correlation_id, use_case_id, event_type, object_type, sync_type, status, error_code, error_message, error_category, received_at
      from (
        select 0 as number, r.* from jsonb_to_recordset(monitoring) as r (
          integration_id uuid, event_id text, correlation_id text, use_case_id uuid, event_type text, object_type text, sync_type text, status text,
          error_code text, error_message text, error_category text, received_at timestamptz)
        union all
        select n, integration_ids[n], d.holder, correlation_ids[n], use_case_ids[n], coalesce(event_types[n], 'UPDATE'), object_types[n], 'entity',
               'skipped', 'DUPLICATE_EVENT', duplicate_message, null, received[n]
          from unnest(duplicates, holders) as d (n, holder)
      ) as row;
  end if;

  -- In one order for everybody: two transactions must not wait for each other's jobs in a circle.
  for integration, lane in
    select distinct integration_ids[n], lanes[n] from generate_series(1, cardinality(ids)) as n where processed[n] and n <> all(duplicates) order by 1, 2
  loop
    perform enqueue_inbound_lane(of_org, of_queue, integration, lane, at);
  end loop;

  return query select 'duplicate', ids[d.n], d.holder from unnest(duplicates, holders) as d (n, holder);
end $$;
