import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSettableClock } from '../ports/index.ts';
import { type Database, sql } from '../storage/index.ts';
import { testDatabase, testOrganisation } from '../testing/test-database.ts';
import {
  type BatchQueue,
  deadJobs,
  enqueue,
  enqueueAll,
  type Job,
  JobPostponed,
  JobWorkers,
  type NewJob,
  replayDead,
  type SingleQueue,
} from './index.ts';

const START = new Date('2026-03-02T08:00:00Z');
let database: Database;
const open: JobWorkers[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((workers) => workers.stop(0)));
});

function setUp(queue: Omit<SingleQueue, 'name'> | Omit<BatchQueue, 'name'>) {
  const org = testOrganisation();
  const clock = createSettableClock(START);
  const make = () => {
    const workers = new JobWorkers({
      database,
      clock,
      organisations: [org],
      queues: [{ name: 'work', ...queue }],
    });
    open.push(workers);
    return workers;
  };
  const add = (...jobs: Partial<NewJob>[]) =>
    database.tenant(org).transaction((tx) =>
      enqueueAll(
        tx,
        jobs.map((job) => ({ queue: 'work', payload: null, ...job })),
        clock.now(),
      ),
    );
  return { org, clock, tenant: database.tenant(org), make, add };
}

describe('a job', () => {
  it('runs once with its payload, in the scope of its organisation, and is gone', async () => {
    const seen: unknown[] = [];
    const { make, add, org } = setUp({
      handler: async (job, { tenant }) => {
        seen.push({ payload: job.payload, attempt: job.attempt, org: tenant.org, createdAt: job.createdAt });
      },
    });
    await add({ payload: { a: [1, 'ü'] } });
    const workers = make();
    await workers.drain();
    await workers.drain();
    expect(seen).toEqual([{ payload: { a: [1, 'ü'] }, attempt: 1, org, createdAt: START }]);
  });

  it('does not exist when the transaction that enqueued it fails', async () => {
    let runs = 0;
    const { make, tenant, clock } = setUp({
      handler: async () => {
        runs += 1;
      },
    });
    const failed = tenant.transaction(async (tx) => {
      await enqueue(tx, { queue: 'work', payload: 1 }, clock.now());
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await make().drain();
    expect(runs).toBe(0);
  });

  it('starts right after the commit, without waiting for a poll', async () => {
    const { promise, resolve } = Promise.withResolvers<Job>();
    const { make, add } = setUp({ handler: async (job) => resolve(job) });
    const workers = make();
    await workers.start();
    await add({ payload: 'now' });
    expect((await promise).payload).toBe('now');
  });

  it('waits until its time has come', async () => {
    let runs = 0;
    const { make, add, clock } = setUp({
      handler: async () => {
        runs += 1;
      },
    });
    await add({ runAt: new Date(START.getTime() + 60_000) });
    const workers = make();
    await workers.drain();
    expect(runs).toBe(0);
    clock.advance(60_000);
    await workers.drain();
    expect(runs).toBe(1);
  });

  it('comes back after its pause when it fails, and is dead after the last attempt, until it is replayed', async () => {
    let broken = true;
    const attempts: number[] = [];
    const { make, add, clock, tenant } = setUp({
      attempts: 2,
      backoff: () => 30,
      handler: async (job) => {
        attempts.push(job.attempt);
        if (broken) throw Object.assign(new TypeError('boom'), { code: 'E_BOOM' });
      },
    });
    await add({ payload: 7 });
    const workers = make();
    await workers.drain();
    clock.advance(29_000);
    await workers.drain();
    expect(attempts).toEqual([1]);
    clock.advance(1_000);
    await workers.drain();
    expect(attempts).toEqual([1, 2]);
    expect(await deadJobs(tenant, 'work')).toMatchObject([
      { payload: 7, attempts: 2, last_error: { name: 'TypeError', code: 'E_BOOM', message: 'boom' } },
    ]);

    broken = false;
    expect(await tenant.transaction((tx) => replayDead(tx, 'work', undefined, clock.now()))).toBe(1);
    await workers.drain();
    expect(attempts).toEqual([1, 2, 1]);
    expect(await deadJobs(tenant, 'work')).toEqual([]);
  });

  it('is dead at once when its queue says that another attempt is pointless', async () => {
    const { make, add, tenant } = setUp({
      backoff: () => undefined,
      handler: async () => Promise.reject(new Error('never')),
    });
    await add({});
    await make().drain();
    expect(await deadJobs(tenant, 'work')).toMatchObject([{ attempts: 1 }]);
  });

  it('ends together with what its handler wrote', async () => {
    let attempt = 0;
    const { make, add, tenant, org } = setUp({
      backoff: () => 0,
      handler: async (job, context) => {
        attempt = job.attempt;
        await context.tenant.transaction(async (tx) => {
          await context.completeIn(tx);
          if (attempt === 1) throw new Error('rolled back');
          await enqueue(tx, { queue: 'next', payload: null }, START);
        });
      },
    });
    await add({});
    await make().drain();
    expect(attempt).toBe(2);
    const follow = new JobWorkers({
      database,
      clock: createSettableClock(START),
      organisations: [org],
      queues: [
        {
          name: 'next',
          handler: async () => {
            attempt += 10;
          },
        },
      ],
    });
    open.push(follow);
    await follow.drain();
    expect(attempt).toBe(12);
    expect(await tenant.query(sql`select id from job where org_id = ${org}`)).toEqual([]);
  });
});

describe('lanes', () => {
  it('do their jobs one after another, in order, beside each other', async () => {
    const events: string[] = [];
    const { make, add } = setUp({
      handler: async (job) => {
        events.push(`start ${job.payload}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        events.push(`end ${job.payload}`);
      },
    });
    await add(...['a1', 'b1', 'a2', 'b2', 'a3'].map((payload) => ({ payload, lane: payload.slice(0, 1) })));
    await make().drain();
    const ofLane = (lane: string) => events.filter((event) => event.includes(` ${lane}`));
    expect(ofLane('a')).toEqual(['start a1', 'end a1', 'start a2', 'end a2', 'start a3', 'end a3']);
    expect(ofLane('b')).toEqual(['start b1', 'end b1', 'start b2', 'end b2']);
    expect(events.indexOf('start b1')).toBeLessThan(events.indexOf('end a3'));
  });

  it.each([
    ['in place' as const, ['1', '1', '2']],
    ['aside' as const, ['1', '2', '1']],
  ])('with a retry %s', async (laneRetry, expected) => {
    const order: unknown[] = [];
    const { make, add, clock } = setUp({
      laneRetry,
      backoff: () => 5,
      handler: async (job) => {
        order.push(job.payload);
        if (job.payload === '1' && job.attempt === 1) throw new Error('once');
      },
    });
    await add({ payload: '1', lane: 'x' }, { payload: '2', lane: 'x' });
    const workers = make();
    await workers.drain();
    clock.advance(5_000);
    await workers.drain();
    expect(order).toEqual(expected);
  });

  it('let a dead job go', async () => {
    const order: unknown[] = [];
    const { make, add } = setUp({
      attempts: 1,
      handler: async (job) => {
        order.push(job.payload);
        if (job.payload === 1) throw new Error('dead');
      },
    });
    await add({ payload: 1, lane: 'x' }, { payload: 2, lane: 'x' });
    await make().drain();
    expect(order).toEqual([1, 2]);
  });

  it('start several jobs in order when they have room for several', async () => {
    const started: unknown[] = [];
    let most = 0;
    let running = 0;
    const { make, add } = setUp({
      laneConcurrency: 3,
      laneRetry: 'aside',
      concurrency: 5,
      handler: async (job) => {
        started.push(job.payload);
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running -= 1;
      },
    });
    await add(...Array.from({ length: 20 }, (_, payload) => ({ payload, lane: 'x' })));
    await make().drain();
    expect(started).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(most).toBe(3);
  });
});

describe('batches', () => {
  it('take what waits in a lane together, in order, and not more than they may', async () => {
    const calls: unknown[][] = [];
    const { make, add } = setUp({
      batchSize: 3,
      batchHandler: async (jobs) => {
        calls.push(jobs.map(({ payload }) => payload));
      },
    });
    await add(...[1, 2, 3, 4].map((payload) => ({ payload, lane: 'x' })), { payload: 'other', lane: 'y' });
    await make().drain();
    expect(calls.filter((call) => call[0] !== 'other')).toEqual([[1, 2, 3], [4]]);
    expect(calls).toContainEqual(['other']);
  });

  it('fall apart when they fail, so that one bad job stops its lane and takes no other along', async () => {
    const calls: unknown[][] = [];
    const { make, add, tenant } = setUp({
      batchSize: 10,
      attempts: 2,
      backoff: () => 0,
      batchHandler: async (jobs, { tenant: scope, completeIn }) => {
        calls.push(jobs.map(({ payload }) => payload));
        if (jobs.some(({ payload }) => payload === 2)) throw new Error('bad');
        await scope.transaction(completeIn);
      },
    });
    await add(...[1, 2, 3].map((payload) => ({ payload, lane: 'x' })));
    await make().drain();
    expect(calls).toEqual([[1, 2, 3], [1], [2], [3]]);
    expect(await deadJobs(tenant, 'work')).toMatchObject([{ payload: 2 }]);
  });
});

describe('a postponed job', () => {
  it('comes back without having used an attempt', async () => {
    const attempts: number[] = [];
    const { make, add, clock } = setUp({
      attempts: 1,
      handler: async (job) => {
        attempts.push(job.attempt);
        if (attempts.length < 3) throw new JobPostponed(10);
      },
    });
    await add({});
    const workers = make();
    for (let round = 0; round < 4; round += 1) {
      await workers.drain();
      clock.advance(10_000);
    }
    expect(attempts).toEqual([1, 1, 1]);
  });
});

describe('coalescing', () => {
  it('notes a wish once until it is started', async () => {
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
    let runs = 0;
    const { make, add } = setUp({
      handler: async () => {
        runs += 1;
        onStarted();
        await gate;
      },
    });
    await add({ coalesceKey: 'k' }, { coalesceKey: 'k' }, { coalesceKey: 'other' });
    const workers = make();
    const drained = workers.drain();
    await started;
    await add({ coalesceKey: 'k' }, { coalesceKey: 'k' });
    openGate();
    await drained;
    expect(runs).toBe(3);
  });
});

describe('stopping', () => {
  it('waits for running jobs', async () => {
    let ended = false;
    const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
    const { make, add } = setUp({
      handler: async () => {
        onStarted();
        await new Promise((resolve) => setTimeout(resolve, 30));
        ended = true;
      },
    });
    const workers = make();
    await workers.start();
    await add({});
    await started;
    await workers.stop();
    expect(ended).toBe(true);
  });

  it('interrupts those that take too long and hands them back with their attempts', async () => {
    const attempts: number[] = [];
    const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
    const { make, add } = setUp({
      handler: async (job, { signal }) => {
        attempts.push(job.attempt);
        onStarted();
        if (attempts.length === 1)
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    const workers = make();
    await workers.start();
    await add({ lane: 'x' });
    await started;
    await workers.stop(0);
    await make().drain();
    expect(attempts).toEqual([1, 1]);
  });
});
