import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import { exponentialBackoff } from './backoff.ts';
import {
  type Claim,
  type ClaimedJob,
  claimFree,
  claimInLanes,
  FIRST_LANE,
  type LanePosition,
} from './claim-jobs.ts';
import {
  completeJobs,
  describeError,
  type HeldJob,
  type Return,
  returnJobs,
  returnStrays,
} from './finish-jobs.ts';
import { Grouped } from './grouped.ts';
import { type Job, JobLost, type Queue } from './job.ts';
import type { JobMetrics } from './job-metrics.ts';

export interface RunnerSurroundings {
  readonly database: Database;
  readonly clock: Clock;
  readonly worker: string;
  readonly organisations: readonly string[] | undefined;
  readonly metrics: JobMetrics | undefined;
  /** Told of failures of the runner itself (not of jobs): the database is away. */
  onTrouble(error: unknown): void;
  /** Told of every failed attempt. */
  onFailure(job: Job, error: unknown, next: 'retry' | 'dead'): void;
}

interface Running {
  readonly job: ClaimedJob;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Claims and runs the jobs of one queue, up to its concurrency. */
export class QueueRunner {
  readonly queue: Queue;
  readonly #around: RunnerSurroundings;
  readonly #running = new Map<number, Running>();
  readonly #completions: Grouped<HeldJob, undefined>;
  readonly #returns: Grouped<Return, undefined>;
  #after: LanePosition = FIRST_LANE;
  #claiming: Promise<number> | undefined;
  #again = false;
  #open = true;
  /** The answer to a claim was lost: it may have taken jobs that nobody runs. */
  #uncertain = false;

  constructor(queue: Queue, around: RunnerSurroundings) {
    if ((queue.laneConcurrency ?? 1) > 1 && queue.laneRetry !== 'aside')
      throw new Error(`Queue ${queue.name}: a lane with several jobs at once cannot keep a retry in place`);
    this.queue = queue;
    this.#around = around;
    const { system } = around.database;
    this.#completions = new Grouped(async (jobs) => {
      await this.#surely(() => completeJobs(system, around.worker, jobs));
      return jobs.map(() => undefined);
    });
    this.#returns = new Grouped(async (returns) => {
      await this.#surely(() => returnJobs(system, around.worker, returns));
      return returns.map(() => undefined);
    });
  }

  get running(): number {
    return this.#running.size;
  }

  /** Looks for work now, and again as soon as jobs finish or room is left. */
  pump(): void {
    if (this.#claiming) {
      this.#again = true;
      return;
    }
    this.claim().catch(this.#around.onTrouble);
  }

  /** Claims once and starts what it got. Answers how many jobs that were. */
  async claim(): Promise<number> {
    if (this.#claiming) await this.#claiming.catch(() => 0);
    this.#again = false;
    this.#claiming = this.#claimOnce();
    let started = 0;
    try {
      started = await this.#claiming;
    } finally {
      this.#claiming = undefined;
    }
    if (started > 0 || this.#again) this.pump();
    return started;
  }

  /** Takes no more jobs. */
  close(): void {
    this.#open = false;
  }

  /** Resolves when no job is running and no claim is under way. */
  async idle(): Promise<void> {
    while (this.#claiming || this.#running.size > 0) {
      await Promise.all([
        this.#claiming?.catch(() => 0),
        ...[...this.#running.values()].map(({ done }) => done),
      ]);
    }
  }

  /** Tells the running handlers to stop. */
  abort(reason: Error): void {
    for (const { abort } of this.#running.values()) abort.abort(reason);
  }

  async #claimOnce(): Promise<number> {
    const room = (this.queue.concurrency ?? 10) - this.#running.size;
    if (!this.#open || room <= 0) return 0;
    const { database, clock, worker, organisations } = this.#around;
    const claim: Claim = {
      queue: this.queue.name,
      worker,
      most: room,
      laneConcurrency: this.queue.laneConcurrency ?? 1,
      organisations,
      after: this.#after,
      now: clock.now(),
    };
    if (this.#uncertain)
      await returnStrays(database.system, worker, this.queue.name, [...this.#running.keys()]);
    this.#uncertain = true;
    const free = await claimFree(database.system, claim);
    for (const job of free) this.#start(job);
    if (free.length >= room) {
      this.#uncertain = false;
      return free.length;
    }
    const inLanes = await claimInLanes(database.system, { ...claim, most: room - free.length });
    const last = inLanes.at(-1);
    this.#after = last?.lane ? { org: last.org_id, lane: last.lane } : FIRST_LANE;
    for (const job of inLanes) this.#start(job);
    this.#uncertain = false;
    return free.length + inLanes.length;
  }

  #start(claimed: ClaimedJob): void {
    const abort = new AbortController();
    const done = this.#run(claimed, abort.signal)
      .catch(this.#around.onTrouble)
      .finally(() => {
        this.#running.delete(claimed.id);
        if (this.#open) this.pump();
      });
    this.#running.set(claimed.id, { job: claimed, abort, done });
  }

  async #run(claimed: ClaimedJob, signal: AbortSignal): Promise<void> {
    let completed = false;
    const job: Job = {
      id: claimed.id,
      org: claimed.org_id,
      queue: this.queue.name,
      lane: claimed.lane ?? undefined,
      payload: claimed.payload,
      attempt: claimed.attempts,
      createdAt: claimed.created_at,
      completeIn: async (transaction) => {
        const held = await completeJobs(transaction, this.#around.worker, [
          { org: claimed.org_id, id: claimed.id },
        ]);
        if (held === 0) throw new JobLost(claimed.id);
        transaction.afterCommit(() => {
          completed = true;
        });
      },
    };
    if (job.attempt > (this.queue.attempts ?? 10)) return this.#fail(job, new WorkerDied(), true);
    const startedAt = performance.now();
    try {
      await this.queue.handler(job, { tenant: this.#around.database.tenant(job.org), signal });
      if (!completed) await this.#completions.add({ org: job.org, id: job.id });
      this.#around.metrics?.observe(this.queue.name, 'done', startedAt);
    } catch (error) {
      this.#around.metrics?.observe(this.queue.name, 'failed', startedAt);
      if (completed) this.#around.onTrouble(error);
      else if (signal.aborted) await this.#handBack(job);
      else await this.#fail(job, error, false);
    }
  }

  async #fail(job: Job, error: unknown, last: boolean): Promise<void> {
    const now = this.#around.clock.now();
    const pause =
      last || job.attempt >= (this.queue.attempts ?? 10) ? undefined : this.#pause(job.attempt, error);
    this.#around.onFailure(job, error, pause === undefined ? 'dead' : 'retry');
    const keepsPlace = job.lane !== undefined && this.queue.laneRetry !== 'aside';
    await this.#returns.add({
      org: job.org,
      id: job.id,
      state: pause === undefined ? 'dead' : keepsPlace ? 'ready' : 'deferred',
      runAt: new Date(now.getTime() + (pause ?? 0) * 1000),
      error: describeError(error),
    });
  }

  /** Puts a job back that was interrupted. When it was taken over already, this changes nothing. */
  async #handBack(job: Job): Promise<void> {
    const runAt = this.#around.clock.now();
    await this.#returns.add({ org: job.org, id: job.id, state: 'ready', runAt, error: undefined });
  }

  /** Writes the end of jobs down, however long the database is away: a job that nobody runs must not stay claimed. */
  async #surely(write: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        if (!this.#open) throw error;
        this.#around.onTrouble(error);
        await wait(500);
      }
    }
  }

  #pause(attempt: number, error: unknown): number | undefined {
    return this.queue.backoff ? this.queue.backoff(attempt, error) : exponentialBackoff(attempt);
  }
}

class WorkerDied extends Error {
  readonly code = 'WORKER_DIED';
  constructor() {
    super('The process died during every attempt');
    this.name = 'WorkerDied';
  }
}
