import { empty, type Queries, type Sql, type System, sql } from '../storage/index.ts';
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

const CLAIMED = sql`job.org_id, job.id, job.lane, job.payload, job.attempts, job.created_at`;

/**
 * Takes the oldest jobs without a lane, then the oldest of lanes that have room. Claims of one queue follow one another (advisory lock),
 * because whether a lane has room is seen only after the claim before has committed. Answers them in the order of their ids.
 */
export async function claimJobs(database: System, claim: Claim): Promise<ClaimedJob[]> {
  const claimed = await database.transaction(async (transaction) => {
    await transaction.run(sql`
      select pg_advisory_xact_lock(hashtextextended(${`busbar job ${claim.queue}`}, 0)) from ${QUICK}`);
    const jobs = await takeFree(transaction, claim);
    if (jobs.length < claim.most)
      jobs.push(...(await takeFromLanes(transaction, claim, claim.after, claim.most - jobs.length)));
    if (jobs.length < claim.most && claim.after !== FIRST_LANE)
      jobs.push(...(await takeFromLanes(transaction, claim, FIRST_LANE, claim.most - jobs.length)));
    return jobs;
  });
  return claimed.sort((a, b) => a.id - b.id);
}

function takeFree(database: Queries, claim: Claim): Promise<ClaimedJob[]> {
  return database.query<ClaimedJob>(sql`
    update job set state = 'running', claimed_by = ${claim.worker}, attempts = job.attempts + 1
      from (select org_id, id from job
             where queue = ${claim.queue} and state = 'ready' and lane is null ${ofOrganisations(claim)}
             order by id limit ${claim.most} for update skip locked) as next
     where job.org_id = next.org_id and job.id = next.id
    returning ${CLAIMED}`);
}

/**
 * Steps from lane to lane in the index (one probe each) instead of reading their jobs: a lane with a hundred thousand waiting jobs costs
 * as much as one with a single job.
 */
function takeFromLanes(
  database: Queries,
  claim: Claim,
  after: LanePosition,
  most: number,
): Promise<ClaimedJob[]> {
  const { queue, laneConcurrency, batchSize, worker, now } = claim;
  return database.query<ClaimedJob>(sql`
    with recursive lanes as (
      (select org_id, lane from job
        where queue = ${queue} and lane is not null and state in ('ready', 'running') ${ofOrganisations(claim)}
          and (org_id, lane) > (${after.org}, ${after.lane})
        order by org_id, lane limit 1)
      union all
      select following.org_id, following.lane from lanes cross join lateral (
        select org_id, lane from job
         where queue = ${queue} and lane is not null and state in ('ready', 'running') ${ofOrganisations(claim)}
           and (org_id, lane) > (lanes.org_id, lanes.lane)
         order by org_id, lane limit 1) as following
    ), next as (
      select ready.org_id, ready.id from lanes
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
       limit ${most}
    ), free as (
      select job.org_id, job.id from job join next on job.org_id = next.org_id and job.id = next.id
       where job.state = 'ready' for update of job skip locked
    )
    update job set state = 'running', claimed_by = ${worker}, attempts = job.attempts + 1
      from free where job.org_id = free.org_id and job.id = free.id
    returning ${CLAIMED}`);
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
