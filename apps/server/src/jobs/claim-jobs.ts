import { empty, type Queries, raw, type Sql, type System, sql } from '../storage/index.ts';
import { QUICK } from './quick-commit.ts';

export interface ClaimedJob {
  readonly org_id: string;
  readonly id: number;
  readonly lane: string | null;
  readonly payload: unknown;
  readonly attempts: number;
  readonly created_at: Date;
}

export interface Claim {
  readonly queue: string;
  readonly worker: string;
  /** Most jobs to take. */
  readonly most: number;
  readonly laneConcurrency: number;
  /** Most jobs to take from one lane. */
  readonly batchSize: number;
  /** Only jobs of these organisations; undefined for all. */
  readonly organisations: readonly string[] | undefined;
  /** The lane after which to look first, so that every lane gets its turn. */
  readonly after: LanePosition;
  readonly now: Date;
}

export interface LanePosition {
  readonly org: string;
  readonly lane: string;
}

export const FIRST_LANE: LanePosition = { org: '', lane: '' };

/**
 * Takes the oldest jobs without a lane, then the oldest of lanes that have room. Claims of one queue follow one another (advisory lock),
 * because whether a lane has room is seen only after the claim before has committed. Answers them in the order of their ids.
 */
export async function claimJobs(database: System, claim: Claim): Promise<ClaimedJob[]> {
  const claimed = await database.transaction(async (transaction) => {
    await transaction.run(sql`
      select pg_advisory_xact_lock(hashtextextended(${`busbar job ${claim.queue}`}, 0)) from ${QUICK}`);
    return take(transaction, claim);
  });
  return claimed.sort((a, b) => a.id - b.id);
}

/**
 * Every step is worked out once and its rows are looked up by their key (`materialized`, `lateral`): a plan that was made while the table was
 * empty must not join them the other way round when it is full.
 */
function take(database: Queries, claim: Claim): Promise<ClaimedJob[]> {
  const { queue, laneConcurrency, batchSize, worker, now, after, most } = claim;
  const walks =
    after === FIRST_LANE ? sql`select * from ahead` : sql`select * from ahead union all select * from behind`;
  return database.query<ClaimedJob>(sql`
    with recursive without_lane as materialized (
      select org_id, id from job
       where queue = ${queue} and state = 'ready' and lane is null ${ofOrganisations(claim)}
       order by id limit ${most} for update skip locked
    ), ahead as (${lanesFrom('ahead', claim, after)}
    ), behind as (${lanesFrom('behind', claim, FIRST_LANE, after)}
    ), in_lanes as materialized (
      select ready.org_id, ready.id from (${walks}) as lanes
       cross join lateral (
         select count(*)::int as jobs, coalesce(bool_or(claimed_by <> ${worker}), false) as elsewhere from job
          where queue = ${queue} and org_id = lanes.org_id and lane = lanes.lane and state = 'running') as running
       cross join lateral (
         select org_id, id, bool_and(run_at <= ${now}) over (order by id) as due from (
           select org_id, id, run_at from job
            where queue = ${queue} and org_id = lanes.org_id and lane = lanes.lane and state = 'ready'
            order by id
            limit case when running.jobs < ${laneConcurrency} then greatest(${laneConcurrency} - running.jobs, ${batchSize}) else 0 end
         ) as first) as ready
       where not running.elsewhere and ready.due
       limit ${most} - (select count(*) from without_lane)
    ), next as materialized (
      select org_id, id from without_lane
      union all
      select locked.org_id, locked.id from in_lanes cross join lateral (
        select org_id, id from job
         where org_id = in_lanes.org_id and id = in_lanes.id and state = 'ready' for update skip locked) as locked
    )
    update job set state = 'running', claimed_by = ${worker}, attempts = job.attempts + 1
      from next where job.org_id = next.org_id and job.id = next.id
    returning job.org_id, job.id, job.lane, job.payload, job.attempts, job.created_at`);
}

/**
 * Steps from lane to lane in the index (one probe each) instead of reading their jobs: a lane with a hundred thousand waiting jobs costs as
 * much as one with a single job. From behind `start` to the end, or up to and with `last`.
 */
function lanesFrom(walk: 'ahead' | 'behind', claim: Claim, start: LanePosition, last?: LanePosition): Sql {
  const next = (after: Sql) => sql`
        select org_id, lane from job
         where queue = ${claim.queue} and lane is not null and state in ('ready', 'running') ${ofOrganisations(claim)}
           and (org_id, lane) > (${after}) ${last ? sql`and (org_id, lane) <= (${last.org}, ${last.lane})` : empty}
         order by org_id, lane limit 1`;
  return sql`(${next(sql`${start.org}, ${start.lane}`)})
      union all
      select following.org_id, following.lane from ${raw(walk)} cross join lateral (${next(raw(`${walk}.org_id, ${walk}.lane`))}) as following`;
}

/** Makes deferred jobs ready whose time has come. Answers the queues that have work now, of those asked about. */
export async function queuesWithWork(
  database: Queries,
  queues: readonly string[],
  { organisations, now }: Pick<Claim, 'organisations' | 'now'>,
): Promise<string[]> {
  await database.run(sql`
    update job set state = 'ready'
      from (select org_id, id from job
             where state = 'deferred' and run_at <= ${now} and queue = any(${[...queues]}::text[]) ${ofOrganisations({ organisations })}
             order by run_at limit 10000 for update skip locked) as due
     where job.org_id = due.org_id and job.id = due.id`);
  const rows = await database.query<{ queue: string }>(sql`
    select queue from unnest(${[...queues]}::text[]) as queue
     where exists (select from job where job.queue = queue.queue and state = 'ready' and lane is null)
        or exists (select from job where job.queue = queue.queue and state = 'ready' and lane is not null)`);
  return rows.map(({ queue }) => queue);
}

function ofOrganisations({ organisations }: Pick<Claim, 'organisations'>): Sql {
  return organisations ? sql`and org_id = any(${[...organisations]}::text[])` : empty;
}
