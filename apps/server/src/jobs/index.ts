export { type DeadJob, deadJobs, replayDead } from './dead-letters.ts';
export { enqueue, enqueueAll, withdraw } from './enqueue.ts';
export { Grouped } from './grouped.ts';
export {
  type BatchQueue,
  type Job,
  type JobContext,
  JobPostponed,
  type NewJob,
  type Queue,
  type SingleQueue,
} from './job.ts';
export { JobWorkers, type JobWorkersOptions } from './job-workers.ts';
export { QUICK } from './quick-commit.ts';
export type { RecurringTask } from './recurring.ts';
