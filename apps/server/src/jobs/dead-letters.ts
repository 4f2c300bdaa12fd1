import { sql, type TenantQueries, type TenantTransaction } from '../storage/index.ts';
import { wakeUp } from './wake-up.ts';

/** A job that was given up. */
export interface DeadJob {
  readonly id: number;
  readonly queue: string;
  readonly lane: string | null;
  readonly payload: unknown;
  readonly attempts: number;
  /** `{ name, code?, message }` of the last failure. */
  readonly last_error: { readonly name: string; readonly code?: string; readonly message: string } | null;
  readonly created_at: Date;
}

/** The dead jobs of an organisation's queue, oldest first, after the job with the id `after`. */
export function deadJobs(
  tenant: TenantQueries,
  queue: string,
  { limit = 100, after = 0 }: { readonly limit?: number; readonly after?: number } = {},
): Promise<DeadJob[]> {
  return tenant.query<DeadJob>(sql`
    select id, queue, lane, payload, attempts, last_error, created_at from job
     where org_id = ${tenant.org} and queue = ${queue} and state = 'dead' and id > ${after}
     order by id limit ${limit}`);
}

/** Forgets dead jobs, for somebody has taken note of what they leave undone. */
export async function removeDead(
  transaction: TenantTransaction,
  queue: string,
  ids: readonly number[],
): Promise<void> {
  await transaction.run(sql`
    delete from job where org_id = ${transaction.org} and queue = ${queue} and state = 'dead' and id = any(${[...ids]}::bigint[])`);
}

/**
 * Gives dead jobs a new life, with all their attempts, as new jobs at the end of their lanes: what came after them has gone on meanwhile.
 * `ids` undefined means all of the queue. Answers how many came back. `now` is UTC.
 */
export async function replayDead(
  transaction: TenantTransaction,
  queue: string,
  ids: readonly number[] | undefined,
  now: Date,
): Promise<number> {
  const replayed = await transaction.run(sql`
    with gone as (
      delete from job
       where org_id = ${transaction.org} and queue = ${queue} and state = 'dead'
         and (${ids === undefined} or id = any(${[...(ids ?? [])]}::bigint[]))
      returning id, lane, payload, created_at)
    insert into job (org_id, queue, lane, payload, state, run_at, created_at)
    select ${transaction.org}, ${queue}, lane, payload, 'ready', ${now}, created_at from gone order by id`);
  if (replayed > 0) transaction.afterCommit(() => wakeUp(queue));
  return replayed;
}
