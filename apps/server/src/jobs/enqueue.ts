import { json, type Sql, sql, type TenantTransaction } from '../storage/index.ts';
import type { NewJob } from './job.ts';
import { wakeUp } from './wake-up.ts';

/**
 * Adds a job within the caller's transaction: it exists exactly if the transaction commits (architecture, decision 4).
 * `now` is the instant of enqueuing (UTC).
 */
export function enqueue(transaction: TenantTransaction, job: NewJob, now: Date): Promise<void> {
  return enqueueAll(transaction, [job], now);
}

/** Adds many jobs in one statement, in the order given. */
export async function enqueueAll(
  transaction: TenantTransaction,
  jobs: readonly NewJob[],
  now: Date,
): Promise<void> {
  const plain = jobs.filter((job) => job.coalesceKey === undefined);
  if (plain.length > 0) await insert(transaction, plain, now);
  for (const job of jobs) {
    if (job.coalesceKey !== undefined) await insertUnlessWaiting(transaction, job, job.coalesceKey, now);
  }
  announceJobs(
    transaction,
    jobs.map(({ queue }) => queue),
  );
}

/** Wakes the workers of the queues once the transaction has committed. */
export function announceJobs(transaction: TenantTransaction, queues: readonly string[]): void {
  transaction.afterCommit(() => new Set(queues).forEach(wakeUp));
}

/**
 * The insertion of ready jobs as a part (`with`) of the statement that writes what they are about. `source` answers `lane`, `payload` (jsonb) and
 * `position`, the order of the jobs. Whoever runs it announces the jobs.
 */
export function insertJobs(org: string, queue: string, source: Sql, now: Date): Sql {
  return sql`
    insert into job (org_id, queue, lane, payload, state, run_at, created_at)
    select ${org}, ${queue}, source.lane, source.payload, 'ready', ${now}::timestamptz, ${now}::timestamptz
      from (${source}) as source order by source.position`;
}

function insert(transaction: TenantTransaction, jobs: readonly NewJob[], now: Date): Promise<number> {
  return transaction.run(sql`
    insert into job (org_id, queue, lane, payload, state, run_at, created_at)
    select ${transaction.org}, item.queue, item.lane, item.payload, item.state, item.run_at, ${now}
      from unnest(
        ${jobs.map(({ queue }) => queue)}::text[], ${jobs.map(({ lane }) => lane ?? null)}::text[],
        ${jobs.map(({ payload }) => json(payload))}::jsonb[], ${jobs.map((job) => stateAt(job, now))}::text[],
        ${jobs.map(({ runAt }) => (runAt ?? now).toISOString())}::timestamptz[]
      ) with ordinality as item (queue, lane, payload, state, run_at, position)
     order by item.position`);
}

/** In one round trip (migration 0196, `enqueue_once`). */
function insertUnlessWaiting(
  transaction: TenantTransaction,
  job: NewJob,
  key: string,
  now: Date,
): Promise<number> {
  return transaction.run(sql`
    select enqueue_once(${transaction.org}, ${job.queue}, ${job.lane ?? null}, ${key}, ${json(job.payload)}::jsonb,
                        ${stateAt(job, now)}, ${job.runAt ?? now}::timestamptz, ${now}::timestamptz)`);
}

function stateAt({ runAt }: NewJob, now: Date): 'ready' | 'deferred' {
  return runAt !== undefined && runAt > now ? 'deferred' : 'ready';
}

/** Takes back a job that has not been started. Answers whether there was one. */
export async function withdraw(
  transaction: TenantTransaction,
  queue: string,
  coalesceKey: string,
): Promise<boolean> {
  const withdrawn = await transaction.run(sql`
    delete from job
     where org_id = ${transaction.org} and queue = ${queue} and coalesce_key = ${coalesceKey} and state in ('ready', 'deferred')`);
  return withdrawn > 0;
}
