import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../ports/index.ts';
import { openStorage, sql } from '../../storage/index.ts';
import { JobWorkers } from '../index.ts';

/**
 * A worker process that tests kill: `node killable-worker.ts <database url> <organisation>`. It notes the start and the end of every job in
 * the table the test made; the end and the job's own end commit together.
 */
const [databaseUrl, org] = process.argv.slice(2);
if (!databaseUrl || !org) throw new Error('A database URL and an organisation are needed');
const storage = await openStorage({ databaseUrl, data: 'memory://', connections: 4 });
const workers = new JobWorkers({
  database: storage.database,
  clock: systemClock,
  organisations: [org],
  leaseSeconds: 1.5,
  pollSeconds: 0.1,
  queues: [
    {
      name: 'killed',
      concurrency: 8,
      attempts: 1_000,
      handler: async (job, { tenant, completeIn }) => {
        await tenant.run(note(org, job.id, 'start', job.lane ?? null));
        await wait(Math.random() * 100);
        await tenant.transaction(async (transaction) => {
          await transaction.run(note(org, job.id, 'end', job.lane ?? null));
          await completeIn(transaction);
        });
      },
    },
  ],
});
await workers.start();
process.stdout.write('working\n');

function note(org: string, job: number, what: string, lane: string | null) {
  return sql`insert into activity (org_id, id, timestamp, type, title, payload)
    values (${org}, gen_random_uuid()::text, clock_timestamp(), ${what}, ${String(job)}, ${JSON.stringify({ lane })}::jsonb)`;
}
