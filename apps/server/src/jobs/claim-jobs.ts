import { empty, type Queries, type Sql, type System, sql } from '../storage/index.ts';

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
 * Takes the oldest jobs without a lane, then the oldest of lanes that have room, in one round trip (migration 0165, `claim_jobs`). Claims of one
 * queue follow one another, whatever processes make them. Answers the jobs in the order of their ids.
 */
export async function claimJobs(database: System, claim: Claim): Promise<ClaimedJob[]> {
  const { queue, worker, most, laneConcurrency, batchSize, organisations, after, now } = claim;
  const claimed = await database.query<ClaimedJob>(sql`
    select * from claim_jobs(
      ${queue}, ${worker}::uuid, ${most}::int, ${laneConcurrency}::int, ${batchSize}::int,
      ${organisations ? [...organisations] : null}::text[], ${after.org}, ${after.lane}, ${now}::timestamptz)`);
  return claimed.sort((a, b) => a.id - b.id);
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
