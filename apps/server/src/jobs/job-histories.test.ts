import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSettableClock } from '../ports/index.ts';
import { type Database, sql } from '../storage/index.ts';
import { testDatabase, testOrganisation } from '../testing/test-database.ts';
import { enqueueAll, JobPostponed, JobWorkers } from './index.ts';

type Step =
  | {
      readonly kind: 'enqueue';
      readonly jobs: readonly { readonly lane: string | undefined; readonly delay: number }[];
    }
  | { readonly kind: 'work'; readonly worker: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('enqueue' as const),
    jobs: fc.array(
      fc.record({ lane: fc.constantFrom(undefined, 'a', 'b', 'c'), delay: fc.constantFrom(0, 0, 0, 20) }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  fc.record({ kind: fc.constant('work' as const), worker: fc.integer({ min: 0, max: 1 }) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(5, 15, 60) }),
);
/** How the attempts of the jobs end, one after another. */
const endings = fc.infiniteStream(fc.constantFrom('done', 'done', 'done', 'fail', 'postpone'));
const settings = fc.record({
  batchSize: fc.constantFrom(1, 3),
  laneRetry: fc.constantFrom('in place' as const, 'aside' as const),
});

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});

describe('any history of two workers', () => {
  it('does every job exactly once, and those of a lane in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        endings,
        settings,
        async (steps, ends, { batchSize, laneRetry }) => {
          const org = testOrganisation();
          const tenant = database.tenant(org);
          const clock = createSettableClock(new Date('2026-03-02T08:00:00Z'));
          const done: number[] = [];
          const begun: number[] = [];
          const busyLanes = new Set<string>();
          const batchHandler = async (jobs: readonly { payload: unknown; lane: string | undefined }[]) => {
            const lane = jobs[0]?.lane;
            if (lane !== undefined && busyLanes.has(lane))
              throw new Error(`two calls at once in lane ${lane}`);
            if (lane !== undefined) busyLanes.add(lane);
            const numbers = jobs.map(({ payload }) => Number(payload));
            begun.push(...numbers);
            await Promise.resolve();
            if (lane !== undefined) busyLanes.delete(lane);
            const { value: ending } = ends.next();
            if (ending === 'fail') throw new Error('failed');
            if (ending === 'postpone') throw new JobPostponed(10);
            done.push(...numbers);
          };
          const workers = [0, 1].map(
            () =>
              new JobWorkers({
                database,
                clock,
                organisations: [org],
                queues: [
                  {
                    name: 'history',
                    concurrency: 3,
                    batchSize,
                    batchHandler,
                    laneRetry,
                    attempts: 1000,
                    backoff: () => 10,
                  },
                ],
              }),
          );
          let count = 0;
          const lanes = new Map<number, string>();
          const delayed = new Set<number>();
          for (const next of steps) {
            if (next.kind === 'wait') clock.advance(next.seconds * 1000);
            else if (next.kind === 'work') await workers[next.worker]?.drain();
            else
              await tenant.transaction((tx) =>
                enqueueAll(
                  tx,
                  next.jobs.map(({ lane, delay }) => {
                    count += 1;
                    if (lane !== undefined) lanes.set(count, lane);
                    if (delay > 0) delayed.add(count);
                    const runAt = new Date(clock.now().getTime() + delay * 1000);
                    return {
                      queue: 'history',
                      payload: count,
                      ...(lane === undefined ? {} : { lane }),
                      runAt,
                    };
                  }),
                  clock.now(),
                ),
              );
          }
          const left = async () => (await tenant.query(sql`select id from job where org_id = ${org}`)).length;
          for (let round = 0; round < 500 && (await left()) > 0; round += 1) {
            clock.advance(20_000);
            await Promise.all(workers.map((worker) => worker.drain()));
          }
          await Promise.all(workers.map((worker) => worker.stop(0)));
          expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
          if (laneRetry === 'aside') return;
          for (const lane of new Set(lanes.values())) {
            const order = done.filter((n) => lanes.get(n) === lane && !delayed.has(n));
            expect(order).toEqual(order.toSorted((a, b) => a - b));
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
