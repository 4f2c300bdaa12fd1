import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, sql } from '../storage/index.ts';
import { testDatabase, testDatabaseUrl, testOrganisation } from '../testing/test-database.ts';
import { enqueueAll } from './index.ts';

/** The embedded database belongs to one process; several of them need a PostgreSQL. */
const url = await testDatabaseUrl();
const WORKER = fileURLToPath(new URL('./testing/killable-worker.ts', import.meta.url));
const LANES = 20;
const JOBS = 400;

describe.skipIf(!url)('workers that are killed', () => {
  let database: Database;
  beforeAll(async () => {
    database = await testDatabase();
  });

  async function startWorker(org: string): Promise<ChildProcess> {
    const worker = spawn(process.execPath, ['--no-warnings', WORKER, url ?? '', org], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(worker.stdout, 'data');
    return worker;
  }

  it('lose nothing, keep the order of lanes, and repeat only what they had begun', async () => {
    const org = testOrganisation();
    const tenant = database.tenant(org);
    const left = async () =>
      (await tenant.first<{ jobs: number }>(sql`select count(*) as jobs from job where org_id = ${org}`))
        ?.jobs ?? 0;
    // The workers are up before there is work, so that the first kill meets running jobs however fast the machine is.
    const workers = await Promise.all([startWorker(org), startWorker(org), startWorker(org)]);
    await tenant.transaction((tx) =>
      enqueueAll(
        tx,
        Array.from({ length: JOBS }, (_, n) => ({ queue: 'killed', lane: `lane ${n % LANES}`, payload: n })),
        new Date(),
      ),
    );
    for (let kill = 0; kill < 4; kill += 1) {
      await wait(150);
      const victim = workers.shift();
      victim?.kill('SIGKILL');
      workers.push(await startWorker(org));
    }
    while ((await left()) > 0) await wait(50);
    for (const worker of workers) worker.kill('SIGKILL');

    const notes = await tenant.query<{ type: string; title: string; lane: string }>(sql`
      select type, title, payload ->> 'lane' as lane from activity where org_id = ${org} order by timestamp`);
    const ends = notes.filter(({ type }) => type === 'end');
    const starts = notes.filter(({ type }) => type === 'start');
    expect(ends).toHaveLength(JOBS);
    expect(new Set(ends.map(({ title }) => title)).size).toBe(JOBS);
    // Four processes of eight jobs each were killed.
    expect(starts.length - JOBS).toBeLessThanOrEqual(4 * 8);
    expect(starts.length).toBeGreaterThan(JOBS);
    for (const [, ofLane] of Map.groupBy(starts, ({ lane }) => lane)) {
      const order = ofLane.map(({ title }) => Number(title));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
    const lanes = Map.groupBy(notes, ({ lane }) => lane);
    for (const [, ofLane] of lanes) {
      // Nothing of a lane starts before what came earlier has ended.
      let running: string | undefined;
      for (const { type, title } of ofLane) {
        if (type === 'end') running = undefined;
        else {
          expect([undefined, title]).toContain(running);
          running = title;
        }
      }
    }
  }, 60_000);
});
