-- Accepting events is one statement, and so one round trip and one commit: what the statements of a transaction did before, one after the other.

-- Adds a job unless one with the same key waits already. The one that waits must not start before this transaction is over, or it would miss what
-- the transaction writes: the share lock keeps workers off it (they skip locked rows) and does not stand in the way of other enqueuers.
create function enqueue_once(
  of_org text, of_queue text, in_lane text, key text, of_payload jsonb, in_state text, not_before timestamptz, at timestamptz
) returns void language plpgsql volatile as $$
begin
  loop
    insert into job (org_id, queue, lane, coalesce_key, payload, state, run_at, created_at)
    values (of_org, of_queue, in_lane, key, of_payload, in_state, not_before, at)
    on conflict (org_id, queue, coalesce_key) where coalesce_key is not null and state in ('ready', 'deferred') do nothing;
    exit when found;
    perform from job j
      where j.org_id = of_org and j.queue = of_queue and j.coalesce_key = key and j.state in ('ready', 'deferred') for share;
    exit when found;
  end loop;
end $$;

-- The state of an integration's use cases: changes whenever one of them does. Null without the integration.
create function inbound_routing(of_org text, of_integration uuid) returns text language plpgsql stable as $$
begin
  return (
    select coalesce(string_agg(u.position || '.' || u.version, ' ' order by u.position), '')
      from integration i left join use_case u on u.org_id = i.org_id and u.integration_id = i.id
     where i.org_id = of_org and i.id = of_integration group by i.id);
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
                             format, payload, deduplication_id, correlation_id, replay_of)
  select of_org, integration_ids[n], received[n], ids[n], use_case_ids[n], event_types[n], object_types[n], event_names[n], use_case_slugs[n],
         sent[n], formats[n], payloads[n], deduplication_ids[n], correlation_ids[n], replays[n]
    from generate_series(1, cardinality(ids)) as n where n <> all(duplicates);
  insert into inbound_queue (org_id, integration_id, event_id, received_at)
  select of_org, integration_ids[n], ids[n], received[n]
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
  for integration in
    select distinct integration_ids[n] from generate_series(1, cardinality(ids)) as n where processed[n] and n <> all(duplicates) order by 1
  loop
    perform enqueue_once(
      of_org, of_queue, integration::text, integration::text, jsonb_build_object('integrationId', integration), 'ready', at, at);
  end loop;

  return query select 'duplicate', ids[d.n], d.holder from unnest(duplicates, holders) as d (n, holder);
end $$;
