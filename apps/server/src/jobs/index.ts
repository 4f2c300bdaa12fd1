export { type DeadJob, deadJobs, removeDead, replayDead } from './dead-letters.ts';
export { announceJobs, enqueue, enqueueAll, insertJobs, withdraw } from './enqueue.ts';
export { endingJobs, heldJobs } from './finish-jobs.ts';
export { Grouped } from './grouped.ts';
export {
  type BatchQueue,
  type Ending,
  type Job,
  type JobContext,
  JobLost,
  JobPostponed,
  type NewJob,
  type Queue,
  type SingleQueue,
} from './job.ts';
export { JobWorkers, type JobWorkersOptions } from './job-workers.ts';
export { QUICK } from './quick-commit.ts';
export type { RecurringTask } from './recurring.ts';
export { wakeUp } from './wake-up.ts';
