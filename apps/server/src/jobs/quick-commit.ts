import { type Sql, sql } from '../storage/index.ts';

/**
 * A one-row source for the statements of job keeping: their transaction does not wait for the disk. What the database loses with its power
 * then is a suffix of this bookkeeping, and the jobs concerned are done once more; never is a job lost, for enqueuing waits as usual.
 */
export const QUICK: Sql = sql`(select set_config('synchronous_commit', 'off', true)) as quick`;
