import { randomInt, randomUUID } from 'node:crypto';
import { bringCoreSchemas, EntityGraph } from '../../apps/server/src/entities/index.ts';
import {
  type ErpWrite,
  listReadings,
  Metering,
  type ReadingPlace,
} from '../../apps/server/src/metering/index.ts';
import { openStorage, sql } from '../../apps/server/src/storage/index.ts';

/**
 * Milliseconds per call of the readings' store among many stored readings (15 minutes apart, 50 meters): median and slowest of several rounds.
 * `node bench/metering/metering.bench.ts [database url] [readings]`: without a URL the embedded database; default 400,000 readings.
 */
const [databaseUrl = '', size = '400000'] = process.argv.slice(2);
const READINGS = Number(size);
const METERS = 50;
const ROUNDS = 9;
const DAY = 86_400_000;
const ORIGIN = { integrationId: 'bench', eventId: 'bench' };

const storage = await openStorage({
  databaseUrl: databaseUrl || undefined,
  data: 'memory://',
  connections: 2,
});
const tenant = storage.database.tenant(String(randomInt(1_000_000, 2 ** 47)));
const clock = { now: () => new Date() };
const graph = new EntityGraph({ clock });
const metering = new Metering({ graph, clock });
await tenant.transaction((tx) => bringCoreSchemas(tx, clock.now()));
const places = await createMeters();
await fill();

async function createMeters(): Promise<ReadingPlace[]> {
  const options = { source: { kind: 'erp', actor: { type: 'system' } } } as const;
  return tenant.transaction(async (tx) => {
    const created: ReadingPlace[] = [];
    for (let at = 0; at < METERS; at += 1) {
      const direction = { direction: 'feed-out' };
      const counter = await graph.create(tx, { schema: 'meter_counter', attributes: direction }, options);
      const counters = { $relation: [{ entity_id: counter.entity.id }] };
      const meter = await graph.create(tx, { schema: 'meter', attributes: { counters } }, options);
      created.push({ meterId: meter.entity.id, counterId: counter.entity.id });
    }
    return created;
  });
}

async function fill(): Promise<void> {
  for (const { meterId, counterId } of places) {
    await tenant.run(sql`
      insert into reading (org_id, meter_id, counter_id, id, timestamp, direction, value, source, status, external_id, created_at, updated_at)
      select ${tenant.org}, ${meterId}::uuid, ${counterId ?? null}::uuid, gen_random_uuid(),
             '2020-01-01Z'::timestamptz + n * interval '15 minutes', 'feed-out', n, 'ERP', 'valid', 'r' || n, now(), now()
        from generate_series(1, ${Math.floor(READINGS / METERS)}::int) n`);
  }
  await storage.database.system.run(sql`analyze reading`);
}

/** Readings of new days, spread over the meters. */
function newReadings(count: number, matching: 'external_id' | 'strict-date'): ErpWrite[] {
  return Array.from({ length: count }, (_, at) => {
    const place = places[at % places.length] ?? { meterId: randomUUID(), counterId: undefined };
    const timestamp = { instant: Date.parse('2035-01-01') + randomInt(20_000) * DAY };
    const reading = {
      externalId: randomUUID(),
      timestamp,
      source: 'ERP',
      value: 1e6 + at,
      reason: null,
      others: {},
    } as const;
    return { mode: 'upsert', place, matching, reading, direction: 'feed-out' };
  });
}

const write = (writes: readonly ErpWrite[]) => tenant.transaction((tx) => metering.write(tx, writes, ORIGIN));
const list = (type: 'cumulative' | 'relative') => {
  const [place = { meterId: randomUUID(), counterId: undefined }] = places;
  const [from, until] = [new Date('2020-02-01'), new Date('2020-03-01')];
  return listReadings(tenant, { place, from, until, type, sort: 'asc', offset: 0, size: 20 });
};

const table: Record<string, { median: string; slowest: string }> = {};

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const text = (time = 0) => `${time.toFixed(1)} ms`;
  table[name] = { median: text(times[Math.floor(ROUNDS / 2)]), slowest: text(times.at(-1)) };
}

await measure('store 1 by external id', () => write(newReadings(1, 'external_id')));
await measure('store 1 by day', () => write(newReadings(1, 'strict-date')));
await measure('store 100 by external id', () => write(newReadings(100, 'external_id')));
await measure('store 100 by day', () => write(newReadings(100, 'strict-date')));
await measure('list a month', () => list('cumulative'));
await measure('list a month of consumption', () => list('relative'));
console.table(table);
await tenant.run(sql`delete from reading where org_id = ${tenant.org}`);
await storage.close();
