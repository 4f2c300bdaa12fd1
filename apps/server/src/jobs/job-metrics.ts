import { Gauge, Histogram, type Registry } from 'prom-client';
import { type Database, sql } from '../storage/index.ts';

/** Counts and durations of jobs, by queue, in a Prometheus registry. */
export class JobMetrics {
  readonly #duration: Histogram<'queue' | 'outcome'>;

  /** The counts are read from the database whenever the registry is scraped. */
  constructor(registry: Registry, database: Database, queues: readonly string[]) {
    this.#duration = new Histogram({
      name: 'busbar_job_duration_seconds',
      help: 'Time a job handler took',
      labelNames: ['queue', 'outcome'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30],
      registers: [registry],
    });
    new Gauge({
      name: 'busbar_jobs',
      help: 'Jobs by queue and state',
      labelNames: ['queue', 'state'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const { queue, state, jobs } of await countJobs(database, queues))
          this.set({ queue, state }, jobs);
      },
    });
  }

  /** Notes a finished attempt; `startedAt` is a `performance.now()`. */
  observe(queue: string, outcome: 'done' | 'failed' | 'postponed', startedAt: number): void {
    this.#duration.observe({ queue, outcome }, (performance.now() - startedAt) / 1000);
  }
}

interface JobCount {
  readonly queue: string;
  readonly state: string;
  readonly jobs: number;
}

/** Queues without jobs appear with zeros, so that alerts can tell quiet from absent. */
function countJobs(database: Database, queues: readonly string[]): Promise<JobCount[]> {
  return database.system.query<JobCount>(sql`
    select queue, state, count(job.id) as jobs
      from unnest(${[...queues]}::text[]) as queue
     cross join unnest(array['ready', 'deferred', 'running', 'dead']) as state
      left join job using (queue, state)
     group by queue, state`);
}
