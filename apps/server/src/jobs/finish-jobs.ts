import { empty, json, type Queries, type Sql, sql } from '../storage/index.ts';
import type { Ending } from './job.ts';
import { QUICK } from './quick-commit.ts';

/** A job as its worker knows it. */
export interface HeldJob {
  readonly org: string;
  readonly id: number;
}

/**
 * Jobs that still are their worker's, locked, as a subquery for a statement that makes their effects: it may `delete from job` and write what
 * follows from them when all are there. Columns `org_id` and `id`.
 */
export function heldJobs({ jobs, worker }: Ending): Sql {
  return sql`
    select job.org_id, job.id
      from unnest(${jobs.map(({ org }) => org)}::text[], ${jobs.map(({ id }) => id)}::bigint[]) as held (org_id, id)
      join job on job.org_id = held.org_id and job.id = held.id and job.claimed_by = ${worker}::uuid
       for update of job`;
}

/** Deletes the jobs of several endings, as a part (`with`) of the statement that records what they did. */
export function endingJobs(endings: readonly Ending[]): Sql {
  const held = endings.flatMap(({ jobs, worker }) => jobs.map((job) => ({ ...job, worker })));
  return sql`
    delete from job
     using unnest(${held.map(({ org }) => org)}::text[], ${held.map(({ id }) => id)}::bigint[],
                  ${held.map(({ worker }) => worker)}::uuid[]) as done (org_id, id, worker)
     where job.org_id = done.org_id and job.id = done.id and job.claimed_by = done.worker`;
}

/** Where a job that is not done goes next. */
export interface Return {
  readonly org: string;
  readonly id: number;
  readonly state: 'ready' | 'deferred' | 'dead';
  readonly runAt: Date;
  /** What went wrong; undefined when the job is handed back unstarted and the attempt does not count. */
  readonly error: JobError | undefined;
}

/** What is kept of a failure. Messages may name ids; handlers keep personal data out of them. */
export interface JobError {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
}

/**
 * Deletes finished jobs (`claimed_by` is set while they run and at no other time). Answers how many were still this worker's. `quick` where the deletion stands alone; within a handler's transaction
 * it commits as that transaction does.
 */
export function completeJobs(
  database: Queries,
  worker: string,
  jobs: readonly HeldJob[],
  quick?: 'quick',
): Promise<number> {
  return database.run(sql`
    delete from job
     using ${quick ? sql`${QUICK},` : empty} unnest(${jobs.map(({ org }) => org)}::text[], ${jobs.map(({ id }) => id)}::bigint[]) as done (org_id, id)
     where job.org_id = done.org_id and job.id = done.id and job.claimed_by = ${worker}`);
}

/**
 * Puts jobs back that are not done. A started job gives up its coalescing key: a newer one with the same key may be waiting already.
 */
export async function returnJobs(
  database: Queries,
  worker: string,
  returns: readonly Return[],
): Promise<void> {
  if (returns.length === 0) return;
  await database.run(sql`
    update job
       set state = back.state, run_at = back.run_at, claimed_by = null, coalesce_key = null,
           last_error = coalesce(back.error, job.last_error), attempts = job.attempts - case when back.error is null then 1 else 0 end
      from ${QUICK}, unnest(
        ${returns.map(({ org }) => org)}::text[], ${returns.map(({ id }) => id)}::bigint[],
        ${returns.map(({ state }) => state)}::text[], ${returns.map(({ runAt }) => runAt.toISOString())}::timestamptz[],
        ${returns.map(({ error }) => (error ? json(error) : null))}::jsonb[]) as back (org_id, id, state, run_at, error)
     where job.org_id = back.org_id and job.id = back.id and job.claimed_by = ${worker}`);
}

/** Puts back what a worker claimed without learning of it (the answer was lost): all of its jobs in a queue but those it runs. */
export function returnStrays(
  database: Queries,
  worker: string,
  queue: string,
  running: readonly number[],
): Promise<number> {
  return database.run(sql`
    update job set state = 'ready', claimed_by = null, coalesce_key = null, attempts = attempts - 1
     where state = 'running' and claimed_by = ${worker} and queue = ${queue} and id <> all(${[...running]}::bigint[])`);
}

/** Reduces anything thrown to what is kept with the job. */
export function describeError(error: unknown): JobError {
  if (!(error instanceof Error))
    return { name: 'unknown', code: undefined, message: 'Something else than an error was thrown' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name: error.name, code, message: error.message.slice(0, 1000) };
}
