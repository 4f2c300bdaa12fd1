import { setImmediate as immediate, setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import { exponentialBackoff } from './backoff.ts';
import { type Claim, type ClaimedJob, claimJobs, FIRST_LANE, type LanePosition } from './claim-jobs.ts';
import {
  completeJobs,
  describeError,
  type HeldJob,
  type Return,
  returnJobs,
  returnStrays,
} from './finish-jobs.ts';
import { Grouped } from './grouped.ts';
import { type Job, type JobContext, JobLost, JobPostponed, type Queue } from './job.ts';
import type { JobMetrics } from './job-metrics.ts';
import { runsOf } from './runs.ts';

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

/** Jobs that were claimed together tend to end together. */
const GATHERING = { gather: 2 };
/**
 * A claim costs much the same for one job as for sixty. Where there are more jobs than room, it waits until a quarter of the room is free, for this
 * many milliseconds at most: slow jobs must not hold up the others.
 */
const ROOM_WAIT = 20;

interface Running {
  readonly ids: readonly number[];
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Claims and runs the jobs of one queue, up to its concurrency. */
export class QueueRunner {
  readonly #queue: Queue;
  readonly #around: RunnerSurroundings;
  readonly #running = new Set<Running>();
  readonly #completions: Grouped<HeldJob, undefined>;
  readonly #returns: Grouped<Return, undefined>;
  #after: LanePosition = FIRST_LANE;
  #claiming: Promise<number> | undefined;
  #again = false;
  #open = true;
  /** The answer to a claim was lost: it may have taken jobs that nobody runs. */
  #uncertain = false;
  /** The last claim got as much as it asked for: there may be more jobs than room. */
  #behind = false;
  #ended: (() => void) | undefined;

  constructor(queue: Queue, around: RunnerSurroundings) {
    if ((queue.laneConcurrency ?? 1) > 1 && queue.laneRetry !== 'aside')
      throw new Error(`Queue ${queue.name}: a lane with several jobs at once cannot keep a retry in place`);
    this.#queue = queue;
    this.#around = around;
    const { system } = around.database;
    this.#completions = new Grouped(async (jobs) => {
      await this.#surely(() => completeJobs(system, around.worker, jobs, 'quick'));
      return jobs.map(() => undefined);
    }, GATHERING);
    this.#returns = new Grouped(async (returns) => {
      await this.#surely(() => returnJobs(system, around.worker, returns));
      return returns.map(() => undefined);
    }, GATHERING);
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
    while (this.#claiming) await this.#claiming.catch(() => 0);
    this.#claiming = this.#claimOnce();
    let started = 0;
    try {
      started = await this.#claiming;
    } finally {
      this.#claiming = undefined;
    }
    if (this.#again) this.pump();
    return started;
  }

  /** Takes no more jobs. */
  close(): void {
    this.#open = false;
  }

  /** Resolves when no job is running and no claim is under way. */
  async idle(): Promise<void> {
    while (this.#claiming || this.#running.size > 0) {
      await Promise.all([this.#claiming?.catch(() => 0), ...[...this.#running].map(({ done }) => done)]);
    }
  }

  /** Tells the running handlers to stop. */
  abort(reason: Error): void {
    for (const { abort } of this.#running) abort.abort(reason);
  }

  async #claimOnce(): Promise<number> {
    // Jobs that end together make room together, and the end of each calls for a claim: one is enough for all.
    await immediate();
    if (this.#behind) await this.#untilRoomy();
    this.#again = false;
    const batchSize = 'batchSize' in this.#queue ? this.#queue.batchSize : 1;
    const room = (this.#concurrency - this.#running.size) * batchSize;
    if (!this.#open || room <= 0) return 0;
    const { database, clock, worker, organisations } = this.#around;
    const claim: Claim = {
      queue: this.#queue.name,
      worker,
      most: room,
      laneConcurrency: this.#queue.laneConcurrency ?? 1,
      batchSize,
      organisations,
      after: this.#after,
      now: clock.now(),
    };
    if (this.#uncertain) await returnStrays(database.system, worker, claim.queue, this.#heldIds());
    this.#uncertain = true;
    const jobs = await claimJobs(database.system, claim);
    const last = jobs.findLast(({ lane }) => lane !== null);
    this.#after = last?.lane ? { org: last.org_id, lane: last.lane } : FIRST_LANE;
    this.#uncertain = false;
    // As many as there was room for: there may be more. What fewer leave behind waits for its lane, its time or its enqueuer.
    this.#behind = jobs.length === room;
    if (this.#behind) this.#again = true;
    for (const group of runsOf(jobs, batchSize)) this.#start(group);
    return jobs.length;
  }

  get #concurrency(): number {
    return this.#queue.concurrency ?? 10;
  }

  async #untilRoomy(): Promise<void> {
    const most = Math.ceil(this.#concurrency * 0.75);
    if (this.#running.size <= most) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ROOM_WAIT);
      this.#ended = () => {
        if (this.#running.size > most && this.#open) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#ended = undefined;
  }

  #heldIds(): number[] {
    return [...this.#running].flatMap(({ ids }) => ids);
  }

  #start(claimed: readonly (readonly ClaimedJob[])[]): void {
    const abort = new AbortController();
    const ids = claimed.flat().map(({ id }) => id);
    const done = this.#runInOrder(claimed, abort.signal)
      .catch(this.#around.onTrouble)
      .finally(() => {
        this.#running.delete(running);
        this.#ended?.();
        if (this.#open) this.pump();
      });
    const running: Running = { ids, abort, done };
    this.#running.add(running);
  }

  /** Runs calls that belong to one lane; when one has to wait in place, those behind it go back unstarted. */
  async #runInOrder(calls: readonly (readonly ClaimedJob[])[], signal: AbortSignal): Promise<void> {
    for (const [at, call] of calls.entries()) {
      if (await this.#run(call, signal)) continue;
      await this.#handBack(calls.slice(at + 1).flat());
      return;
    }
  }

  /** Runs one call of the handler. Answers whether its lane may go on. */
  async #run(claimed: readonly ClaimedJob[], signal: AbortSignal): Promise<boolean> {
    const { worker, database, metrics } = this.#around;
    const held = claimed.map(({ org_id: org, id }) => ({ org, id }));
    const jobs = claimed.map((job) => this.#describe(job));
    const [first] = jobs;
    if (!first) return true;
    if (first.attempt > this.#attempts) return this.#fail(jobs, new WorkerDied());
    let completed = false;
    const ended = () => {
      completed = true;
    };
    const context: JobContext = {
      ending: { jobs: held, worker, ended },
      tenant: database.tenant(first.org),
      signal,
      completeIn: async (transaction) => {
        if ((await completeJobs(transaction, worker, held)) < held.length) throw new JobLost();
        transaction.afterCommit(ended);
      },
    };
    const startedAt = performance.now();
    try {
      if ('handler' in this.#queue) await this.#queue.handler(first, context);
      else await this.#queue.batchHandler(jobs, context);
    } catch (error) {
      metrics?.observe(this.#queue.name, error instanceof JobPostponed ? 'postponed' : 'failed', startedAt);
      if (completed) {
        this.#around.onTrouble(error);
        return true;
      }
      if (error instanceof JobPostponed) return this.#postpone(jobs, error.seconds);
      if (!signal.aborted) return this.#fail(jobs, error);
      await this.#handBack(claimed);
      return false;
    }
    metrics?.observe(this.#queue.name, 'done', startedAt);
    if (!completed) await Promise.all(held.map((job) => this.#completions.add(job)));
    return true;
  }

  #describe(claimed: ClaimedJob): Job {
    return {
      id: claimed.id,
      org: claimed.org_id,
      queue: this.#queue.name,
      lane: claimed.lane ?? undefined,
      payload: claimed.payload,
      attempt: claimed.attempts,
      createdAt: claimed.created_at,
    };
  }

  async #fail(jobs: readonly Job[], error: unknown): Promise<boolean> {
    const now = this.#around.clock.now().getTime();
    const returns = jobs.map((job): Return => {
      const pause = job.attempt < this.#attempts ? this.#pause(job.attempt, error) : undefined;
      this.#around.onFailure(job, error, pause === undefined ? 'dead' : 'retry');
      return {
        org: job.org,
        id: job.id,
        state: pause === undefined ? 'dead' : this.#waitingState(job),
        runAt: new Date(now + (pause ?? 0) * 1000),
        error: describeError(error),
      };
    });
    await Promise.all(returns.map((item) => this.#returns.add(item)));
    return returns.every(({ state }) => state !== 'ready');
  }

  async #postpone(jobs: readonly Job[], seconds: number): Promise<boolean> {
    const runAt = new Date(this.#around.clock.now().getTime() + seconds * 1000);
    const returns = jobs.map(
      (job): Return => ({
        org: job.org,
        id: job.id,
        state: this.#waitingState(job),
        runAt,
        error: undefined,
      }),
    );
    await Promise.all(returns.map((item) => this.#returns.add(item)));
    return returns.every(({ state }) => state !== 'ready');
  }

  /** Puts jobs back that were not started or were interrupted. Those that were taken over already are left alone. */
  async #handBack(jobs: readonly ClaimedJob[]): Promise<void> {
    const runAt = this.#around.clock.now();
    await Promise.all(
      jobs.map(({ org_id: org, id }) =>
        this.#returns.add({ org, id, state: 'ready', runAt, error: undefined }),
      ),
    );
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

  #waitingState(job: Job): 'ready' | 'deferred' {
    return job.lane !== undefined && this.#queue.laneRetry !== 'aside' ? 'ready' : 'deferred';
  }

  get #attempts(): number {
    return this.#queue.attempts ?? 10;
  }

  #pause(attempt: number, error: unknown): number | undefined {
    return this.#queue.backoff ? this.#queue.backoff(attempt, error) : exponentialBackoff(attempt);
  }
}

class WorkerDied extends Error {
  readonly code = 'WORKER_DIED';
  constructor() {
    super('The process died during every attempt');
    this.name = 'WorkerDied';
  }
}
