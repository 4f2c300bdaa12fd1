-- What accepting events in one statement (0212) is made of; together they are one round trip and one commit.

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
