-- Takes the oldest jobs of a queue without a lane, then the oldest of lanes that have room. A function, because a claim is two statements (the
-- second one must see what the claim before has committed) and the most frequent request of a working server: here they are one round trip.
-- Every step is worked out once and its rows are looked up by their key (materialized, lateral), and plans are made for each call: one that was
-- made while the table was empty must not join them the other way round when it is full.
create function claim_jobs(
  of_queue text, for_worker uuid, most integer, lane_concurrency integer, batch_size integer,
  -- null for all organisations
  of_organisations text[],
  -- the lane after which to look first
  after_org text, after_lane text,
  at timestamptz
) returns table (org_id text, id bigint, lane text, payload jsonb, attempts integer, created_at timestamptz)
language plpgsql volatile
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  -- Losing a claim to a power cut only means that the job waits again.
  perform set_config('synchronous_commit', 'off', true);
  -- Claims of one queue follow one another: whether a lane has room is seen only after the claim before has committed.
  perform pg_advisory_xact_lock(hashtextextended('busbar job ' || of_queue, 0));
  return query
  with recursive without_lane as materialized (
    select j.org_id, j.id from job j
     where j.queue = of_queue and j.state = 'ready' and j.lane is null and (of_organisations is null or j.org_id = any(of_organisations))
     order by j.id limit most for update skip locked
  ), ahead as (
    -- From lane to lane in the index, one probe each: a lane with a hundred thousand waiting jobs costs as much as one with a single job.
    (select j.org_id, j.lane from job j
      where j.queue = of_queue and j.lane is not null and j.state in ('ready', 'running')
        and (of_organisations is null or j.org_id = any(of_organisations)) and (j.org_id, j.lane) > (after_org, after_lane)
      order by j.org_id, j.lane limit 1)
    union all
    select following.org_id, following.lane from ahead cross join lateral (
      select j.org_id, j.lane from job j
       where j.queue = of_queue and j.lane is not null and j.state in ('ready', 'running')
         and (of_organisations is null or j.org_id = any(of_organisations)) and (j.org_id, j.lane) > (ahead.org_id, ahead.lane)
       order by j.org_id, j.lane limit 1) as following
  ), behind as (
    -- The rest of the round, so that every lane gets its turn: from the first lane to the one where the walk above began.
    (select j.org_id, j.lane from job j
      where j.queue = of_queue and j.lane is not null and j.state in ('ready', 'running')
        and (of_organisations is null or j.org_id = any(of_organisations)) and (j.org_id, j.lane) <= (after_org, after_lane)
      order by j.org_id, j.lane limit 1)
    union all
    select following.org_id, following.lane from behind cross join lateral (
      select j.org_id, j.lane from job j
       where j.queue = of_queue and j.lane is not null and j.state in ('ready', 'running')
         and (of_organisations is null or j.org_id = any(of_organisations))
         and (j.org_id, j.lane) > (behind.org_id, behind.lane) and (j.org_id, j.lane) <= (after_org, after_lane)
       order by j.org_id, j.lane limit 1) as following
  ), in_lanes as materialized (
    select ready.org_id, ready.id from (select * from ahead union all select * from behind) as lanes
     cross join lateral (
       select count(*)::int as jobs, coalesce(bool_or(j.claimed_by <> for_worker), false) as elsewhere from job j
        where j.queue = of_queue and j.org_id = lanes.org_id and j.lane = lanes.lane and j.state = 'running') as running
     cross join lateral (
       select first.org_id, first.id, bool_and(first.run_at <= at) over (order by first.id) as due from (
         select j.org_id, j.id, j.run_at from job j
          where j.queue = of_queue and j.org_id = lanes.org_id and j.lane = lanes.lane and j.state = 'ready'
          order by j.id
          limit case when running.jobs < lane_concurrency then greatest(lane_concurrency - running.jobs, batch_size) else 0 end
       ) as first) as ready
     where not running.elsewhere and ready.due
     limit most - (select count(*) from without_lane)
  ), next as materialized (
    select w.org_id, w.id from without_lane w
    union all
    select locked.org_id, locked.id from in_lanes cross join lateral (
      select j.org_id, j.id from job j
       where j.org_id = in_lanes.org_id and j.id = in_lanes.id and j.state = 'ready' for update skip locked) as locked
  )
  update job as taken set state = 'running', claimed_by = for_worker, attempts = taken.attempts + 1
    from next where taken.org_id = next.org_id and taken.id = next.id
  returning taken.org_id, taken.id, taken.lane, taken.payload, taken.attempts, taken.created_at;
end $$;
