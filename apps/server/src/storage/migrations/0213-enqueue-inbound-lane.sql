-- In PL/pgSQL: a function in SQL that is not inlined is parsed and planned anew by each statement that calls it, and this one is called by every acceptance.
create or replace function enqueue_inbound_lane(of_org text, of_queue text, integration uuid, lane smallint, at timestamptz) returns void
language plpgsql volatile as $$
declare
  key text := case when lane = 0 then integration::text else integration || ' ' || lane end;
begin
  perform enqueue_once(of_org, of_queue, key, key, jsonb_build_object('integrationId', integration, 'lane', lane), 'ready', at, at);
end $$;
