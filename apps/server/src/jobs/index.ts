export { exponentialBackoff } from './backoff.ts';
export { type DeadJob, deadJobs, replayDead } from './dead-letters.ts';
export { enqueue, enqueueAll } from './enqueue.ts';
export { Grouped } from './grouped.ts';
export { type Job, type JobContext, JobLost, type NewJob, type Queue } from './job.ts';
export { JobWorkers, type JobWorkersOptions } from './job-workers.ts';
export type { RecurringTask } from './recurring.ts';
