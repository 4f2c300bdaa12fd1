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
  /**
   * Finishes the job within the handler's own transaction: its effects and its end commit together, so that they happen once even when
   * the process is killed right afterwards.
   * @throws JobLost when another worker has taken the job over; the transaction must not commit then
   */
  completeIn(transaction: TenantTransaction): Promise<void>;
}

export interface JobContext {
  /** The database, scoped to the job's organisation. */
  readonly tenant: Tenant;
  /** Aborted when the job was taken over by another worker, or when the server stops and does not wait any longer. */
  readonly signal: AbortSignal;
}

/** A kind of work and who does it. */
export interface Queue {
  readonly name: string;
  /** Does one job. May run twice for the same job (after the death of a process), never twice at once while its worker is alive. */
  handler(job: Job, context: JobContext): Promise<void>;
  /** Most jobs at once in this process. Default 10. */
  readonly concurrency?: number;
  /** Most jobs of one lane at once; above 1 they still start in order, all in the same process. Default 1. */
  readonly laneConcurrency?: number;
  /** What a lane does while its job waits for a retry: `in place` holds it (default), `aside` goes on with the next ones. */
  readonly laneRetry?: 'in place' | 'aside';
  /** Most starts of one job before it is dead. Default 10. */
  readonly attempts?: number;
  /**
   * Seconds until the next attempt after the `attempt`-th failed; undefined gives up at once. Default: {@link exponentialBackoff}.
   */
  backoff?(attempt: number, error: unknown): number | undefined;
}

/** The job belongs to another worker by now: this process was silent for too long. */
export class JobLost extends Error {
  readonly code = 'JOB_LOST';
  constructor(id: number) {
    super(`Job ${id} was taken over by another worker`);
    this.name = 'JobLost';
  }
}
