import type { Tenant, TenantTransaction } from '../storage/index.ts';

/** What an enqueuer asks for. */
export interface NewJob {
  readonly queue: string;
  /** Any JSON value; the queue's handler narrows it. Ids rather than contents: the payload is not encrypted. */
  readonly payload: unknown;
  /** Jobs of one lane (within organisation and queue) start in the order they were enqueued. */
  readonly lane?: string;
  /** When a job with this key (within organisation and queue) has not been started yet, this one is not added. */
  readonly coalesceKey?: string;
  /** Not before this instant (UTC). A delayed job does not hold its lane until then. */
  readonly runAt?: Date;
}

/** A job in the hands of its handler. */
export interface Job {
  readonly id: number;
  readonly org: string;
  readonly queue: string;
  readonly lane: string | undefined;
  readonly payload: unknown;
  /** From 1. Attempts that ended with the death of their process count. */
  readonly attempt: number;
  /** When it was enqueued (UTC). */
  readonly createdAt: Date;
}

/** Jobs that a statement of their handler ends (see `endingJobs`). */
export interface Ending {
  readonly jobs: readonly { readonly org: string; readonly id: number }[];
  /** Who holds them; jobs that were taken over stay. */
  readonly worker: string;
  /** To be called once the statement has committed. */
  ended(): void;
}

export interface JobContext {
  /** The database, scoped to the organisation of the job or the batch. */
  readonly tenant: Tenant;
  /** Aborted when the work was taken over by another worker, or when the server stops and does not wait any longer. */
  readonly signal: AbortSignal;
  /**
   * Finishes the job (all jobs of a batch) within the handler's own transaction: effects and end commit together, so that they happen once
   * even when the process is killed right afterwards.
   * @throws JobLost when another worker has taken over; the transaction must not commit then
   */
  completeIn(transaction: TenantTransaction): Promise<void>;
  /** For handlers whose effects are one statement, which then ends the job (all jobs of a batch), too: no transaction, no second statement. */
  readonly ending: Ending;
}

interface QueueSettings {
  readonly name: string;
  /** Most jobs (or batches) at once in this process. Default 10. */
  readonly concurrency?: number;
  /** Most jobs of one lane at once; above 1 they still start in order, all in the same process. Default 1. */
  readonly laneConcurrency?: number;
  /** What a lane does while its job waits for a retry: `in place` holds it (default), `aside` goes on with the next ones. */
  readonly laneRetry?: 'in place' | 'aside';
  /** Most starts of one job before it is dead. Default 10. */
  readonly attempts?: number;
  /** Seconds until the next attempt after the `attempt`-th failed; undefined gives up at once. Default: {@link exponentialBackoff}. */
  backoff?(attempt: number, error: unknown): number | undefined;
}

/** A queue whose jobs are done one by one. */
export interface SingleQueue extends QueueSettings {
  /** Does one job. May run twice for the same job (after the death of a process), never twice at once while its worker is alive. */
  handler(job: Job, context: JobContext): Promise<void>;
}

/** A queue whose waiting jobs are done together, where they belong to one organisation and one lane. */
export interface BatchQueue extends QueueSettings {
  /** Most jobs in one call. */
  readonly batchSize: number;
  /** Does jobs in order. When it throws, all of them failed; they are tried again one by one, so that one bad job does not take others along. */
  batchHandler(jobs: readonly Job[], context: JobContext): Promise<void>;
}

/** A kind of work and who does it. */
export type Queue = SingleQueue | BatchQueue;

/** Thrown by a handler to have its job come back after some seconds: no failure, and no attempt that counts. */
export class JobPostponed extends Error {
  readonly code = 'JOB_POSTPONED';
  readonly seconds: number;
  constructor(seconds: number) {
    super(`Not before ${seconds} seconds from now`);
    this.name = 'JobPostponed';
    this.seconds = seconds;
  }
}

/** The job belongs to another worker by now: this process was silent for too long. */
export class JobLost extends Error {
  readonly code = 'JOB_LOST';
  constructor() {
    super('The job was taken over by another worker');
    this.name = 'JobLost';
  }
}
