/**
 * Jobs per second (one process, handlers that do nothing) beside plain SQL that inserts and deletes the same rows.
 * `node bench/jobs/jobs.bench.ts [database url]`: without a URL the embedded database in memory.
 */
import { randomUUID } from 'node:crypto';
import { enqueueAll, JobWorkers, type NewJob } from '../../apps/server/src/jobs/index.ts';
import { systemClock } from '../../apps/server/src/ports/index.ts';
import { type Database, openStorage, sql } from '../../apps/server/src/storage/index.ts';

const JOBS = 20_000;
const BATCH = 500;

const storage = await openStorage({ databaseUrl: process.argv[2], data: 'memory://', connections: 8 });
const { database } = storage;
const rows: Record<string, string>[] = [];

async function measure(name: string, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  rows.push({
    what: name,
    jobs: String(JOBS),
    'per second': Math.round(JOBS / seconds).toLocaleString('en'),
  });
}

/** The least that any durable queue on this database must do: insert in batches, delete in batches. */
async function plain(org: string): Promise<void> {
  const tenant = database.tenant(org);
  for (let at = 0; at < JOBS; at += BATCH) await enqueue(org, at, () => ({}));
  for (let left = JOBS; left > 0; left -= BATCH) {
    await tenant.run(sql`
      delete from job where (org_id, id) in (select org_id, id from job where org_id = ${org} order by id limit ${BATCH})`);
  }
}

function enqueue(org: string, from: number, rest: (n: number) => Partial<NewJob>): Promise<void> {
  const jobs = Array.from({ length: BATCH }, (_, n) => ({
    queue: org,
    payload: { n: from + n },
    ...rest(from + n),
  }));
  return database.tenant(org).transaction((tx) => enqueueAll(tx, jobs, new Date()));
}

async function queued(org: string, concurrency: number, rest: (n: number) => Partial<NewJob>): Promise<void> {
  let done = 0;
  const workers = new JobWorkers({
    database,
    clock: systemClock,
    organisations: [org],
    queues: [
      {
        name: org,
        concurrency,
        handler: async () => {
          done += 1;
        },
      },
    ],
  });
  for (let at = 0; at < JOBS; at += BATCH) await enqueue(org, at, rest);
  await workers.drain();
  await workers.stop();
  await expectEmpty(database, org);
  if (done !== JOBS) throw new Error(`${done} jobs were done instead of ${JOBS}`);
}

async function batched(org: string): Promise<void> {
  const workers = new JobWorkers({
    database,
    clock: systemClock,
    organisations: [org],
    queues: [{ name: org, batchSize: 500, concurrency: 4, batchHandler: async () => undefined }],
  });
  for (let at = 0; at < JOBS; at += BATCH) await enqueue(org, at, (n) => ({ lane: String(n % 4) }));
  await workers.drain();
  await workers.stop();
  await expectEmpty(database, org);
}

async function expectEmpty(database: Database, org: string): Promise<void> {
  const left = await database.tenant(org).query(sql`select id from job where org_id = ${org} limit 1`);
  if (left.length > 0) throw new Error('Jobs are left over');
}

for (let round = 0; round < 3; round += 1) {
  await measure('plain insert and delete, 500 per statement', () => plain(randomUUID()));
  await measure('enqueue and run, 200 at once, no lanes', () => queued(randomUUID(), 200, () => ({})));
  await measure('enqueue and run, 200 at once, 1000 lanes', () =>
    queued(randomUUID(), 200, (n) => ({ lane: String(n % 1000) })),
  );
  await measure('enqueue and run, 10 at once, 10 lanes', () =>
    queued(randomUUID(), 10, (n) => ({ lane: String(n % 10) })),
  );
  await measure('enqueue and run, batches of 500 in 4 lanes', () => batched(randomUUID()));
}
console.log(`database: ${database.kind}`);
console.table(rows);
await storage.close();
