import { randomUUID } from 'node:crypto';
import { type Database, type Queries, sql } from '../storage/index.ts';

/** Distinguishes this server process from a former one that had the same database. */
const PROCESS = randomUUID();

/** Announces a worker. It counts as alive for `seconds` from now, by the database's clock (the processes' clocks may differ). */
export async function registerWorker(database: Database, worker: string, seconds: number): Promise<void> {
  if (database.kind === 'embedded') await endFormerProcess(database.system);
  await database.system.run(sql`
    insert into job_worker (id, process, alive_until)
    values (${worker}, ${PROCESS}, now() + make_interval(secs => ${seconds}))`);
}

/** Extends a worker's life. Answers false when others have given it up: its jobs are no longer its own. */
export async function renewWorker(database: Queries, worker: string, seconds: number): Promise<boolean> {
  const renewed = await database.run(sql`
    update job_worker set alive_until = now() + make_interval(secs => ${seconds}) where id = ${worker}`);
  return renewed > 0;
}

/** Takes a worker off the list; whatever it still holds goes back to its queues. */
export async function removeWorker(database: Queries, worker: string): Promise<void> {
  await database.run(sql`delete from job_worker where id = ${worker}`);
  await returnOrphans(database);
}

/** Gives up workers that were silent for too long and puts their jobs back. Answers how many jobs came back. */
export async function takeOverFromDead(database: Queries): Promise<number> {
  await database.run(sql`delete from job_worker where alive_until < now()`);
  return returnOrphans(database);
}

/** Jobs keep the attempt and, in lanes, their place. Nobody announces himself with an id that was used before, so this cannot hit the living. */
function returnOrphans(database: Queries): Promise<number> {
  return database.run(sql`
    update job set state = 'ready', claimed_by = null, coalesce_key = null
     where state = 'running' and not exists (select from job_worker where job_worker.id = job.claimed_by)`);
}

/** The embedded database belongs to one process at a time: workers of another one are dead, whatever their leases say. */
async function endFormerProcess(database: Queries): Promise<void> {
  await database.run(sql`delete from job_worker where process <> ${PROCESS}`);
  await returnOrphans(database);
}
