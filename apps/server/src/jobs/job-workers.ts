import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import { queuesWithWork } from './claim-jobs.ts';
import { describeError } from './finish-jobs.ts';
import { JobLost, type Queue } from './job.ts';
import { JobMetrics } from './job-metrics.ts';
import { QueueRunner } from './queue-runner.ts';
import { type RecurringTask, takeTick } from './recurring.ts';
import { onWakeUp } from './wake-up.ts';
import { registerWorker, removeWorker, renewWorker, takeOverFromDead } from './worker-lease.ts';

export interface JobWorkersOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly queues: readonly Queue[];
  readonly recurring?: readonly RecurringTask[];
  readonly log?: Pick<Logger, 'warn' | 'error'>;
  /** Where waiting and dead jobs and durations are shown. */
  readonly registry?: Registry;
  /** Work for these organisations only (a process dedicated to a tenant; tests that share a database). Default: all. */
  readonly organisations?: readonly string[];
  /** Seconds without a sign of life after which other processes take this one's jobs over. Default 10. */
  readonly leaseSeconds?: number;
  /** Seconds between looks for work that other processes enqueued. Default 1. */
  readonly pollSeconds?: number;
}

/**
 * Runs the jobs of all queues in this process, beside any number of other processes on the same database. A job is delivered at least
 * once: more than once only when a process dies or is silent for longer than its lease.
 */
export class JobWorkers {
  readonly #options: JobWorkersOptions;
  readonly #runners: ReadonlyMap<string, QueueRunner>;
  #worker = randomUUID();
  #registered = false;
  readonly #ended = new AbortController();
  readonly #ticking = new Map<string, Promise<void>>();
  #loops: Promise<unknown> | undefined;

  constructor(options: JobWorkersOptions) {
    this.#options = options;
    const { database, clock, organisations, log, registry, queues } = options;
    const metrics =
      registry &&
      new JobMetrics(
        registry,
        database,
        queues.map(({ name }) => name),
      );
    const worker = () => this.#worker;
    this.#runners = new Map(
      queues.map((queue) => [
        queue.name,
        new QueueRunner(queue, {
          database,
          clock,
          get worker() {
            return worker();
          },
          organisations,
          metrics,
          onTrouble: (error) =>
            log?.error({ queue: queue.name, error: describeError(error) }, 'job queue in trouble'),
          onFailure: (job, error, next) =>
            log?.warn(
              {
                queue: job.queue,
                job: job.id,
                org: job.org,
                attempt: job.attempt,
                next,
                error: describeError(error),
              },
              'job failed',
            ),
        }),
      ]),
    );
    if (this.#runners.size !== queues.length) throw new Error('Two queues have the same name');
  }

  /** Begins to work. */
  async start(): Promise<void> {
    await this.#register();
    const unsubscribe = onWakeUp((queue) => this.#runners.get(queue)?.pump());
    this.#ended.signal.addEventListener('abort', unsubscribe);
    const { pollSeconds = 1, leaseSeconds = 10 } = this.#options;
    this.#loops = Promise.all([
      this.#repeat(pollSeconds, () => this.#poll()),
      this.#repeat(leaseSeconds / 3, () => this.#renew(leaseSeconds)),
    ]);
  }

  /**
   * Does everything that is due, and what follows from it, and returns when nothing is left to start; for tests and one-off commands.
   * Works with and without `start`.
   */
  async drain(): Promise<void> {
    await this.#register();
    for (;;) {
      const queues = await this.#queuesWithWork();
      const started = await Promise.all(queues.map((queue) => this.#runners.get(queue)?.claim() ?? 0));
      await Promise.all([...this.#runners.values()].map((runner) => runner.idle()));
      if (started.every((jobs) => jobs === 0)) return;
    }
  }

  /**
   * Ends: takes no more jobs, gives the running ones `graceSeconds` to finish, then aborts their signals, waits one second more and hands
   * back what is still running. Resolves within that time.
   */
  async stop(graceSeconds = 10): Promise<void> {
    for (const runner of this.#runners.values()) runner.close();
    this.#ended.abort();
    const idle = Promise.all([...this.#runners.values()].map((runner) => runner.idle()));
    if ((await within(idle, graceSeconds)) === 'late') {
      for (const runner of this.#runners.values()) runner.abort(new Error('The server is stopping'));
      await within(idle, 1);
    }
    await this.#loops;
    await within(Promise.all(this.#ticking.values()), 1);
    if (this.#registered) await removeWorker(this.#options.database.system, this.#worker);
    this.#registered = false;
  }

  async #register(): Promise<void> {
    if (this.#registered) return;
    await registerWorker(this.#options.database, this.#worker, this.#options.leaseSeconds ?? 10);
    this.#registered = true;
  }

  #queuesWithWork(): Promise<string[]> {
    const { database, clock, organisations } = this.#options;
    return queuesWithWork(database.system, [...this.#runners.keys()], { organisations, now: clock.now() });
  }

  async #poll(): Promise<void> {
    const { database, clock, recurring = [] } = this.#options;
    for (const queue of await this.#queuesWithWork()) this.#runners.get(queue)?.pump();
    for (const task of recurring) {
      if (!this.#ticking.has(task.name) && (await takeTick(database, task, clock.now()))) this.#tick(task);
    }
  }

  /** Runs a tick beside the polling, which must not wait for it. */
  #tick(task: RecurringTask): void {
    const run = task
      .run(this.#ended.signal)
      .catch((error: unknown) =>
        this.#options.log?.error({ task: task.name, error: describeError(error) }, 'recurring task failed'),
      )
      .finally(() => this.#ticking.delete(task.name));
    this.#ticking.set(task.name, run);
  }

  async #renew(seconds: number): Promise<void> {
    const { database } = this.#options;
    if (!(await renewWorker(database.system, this.#worker, seconds))) {
      // Others have our jobs now. What still runs here must not finish them; a new name keeps old and new work apart.
      for (const runner of this.#runners.values()) runner.abort(new JobLost());
      this.#worker = randomUUID();
      await registerWorker(database, this.#worker, seconds);
    }
    await takeOverFromDead(database.system);
  }

  /** Trouble (a database that is away) is logged; the next round tries again. */
  async #repeat(seconds: number, work: () => Promise<void>): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await work().catch((error: unknown) =>
        this.#options.log?.error({ error: describeError(error) }, 'job workers in trouble'),
      );
      await wait(seconds * 1000, undefined, { signal: this.#ended.signal, ref: false }).catch(
        () => undefined,
      );
    }
  }
}

async function within(work: Promise<unknown>, seconds: number): Promise<'done' | 'late'> {
  const timer = new AbortController();
  const late = wait(seconds * 1000, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  const outcome = await Promise.race([work.then(() => 'done' as const), late]);
  timer.abort();
  return outcome;
}
