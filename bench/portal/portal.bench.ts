/**
 * What a signed-in customer waits for: the ten operations that a portal asks most, among 2,000, 10,000 and 200,000 entities of one organisation, beside
 * a bare Fastify route with one SQL query on the same database: 16 clients of one customer (a page asks many questions at once), and one client
 * alone. The aims are a p50 within 3 times, and alone within 2 times. Both take turns in short rounds, so that other work on the machine strikes both;
 * still, the server's CPU time tells more than the clock. The operations are what the published portal asks on its way from signing in (configuration,
 * contact, contracts, orders) to a contract's page (the contract, files, bills, readings), and the two behind every block of a page (`entity:get`,
 * `entity:search`).
 * `node bench/portal/portal.bench.ts [entities …]`; the embedded database in memory is measured, and with `DATABASE_URL` a PostgreSQL as well.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import fastify from 'fastify';
import { pino } from 'pino';
import { createBusbar } from '../../apps/server/src/composition/busbar.ts';
import { readSettings } from '../../apps/server/src/settings.ts';
import { sql } from '../../apps/server/src/storage/index.ts';
import { type BenchCustomer, customerAmong } from './bench-customer.ts';
import type { Seen, Task } from './clients.ts';

const SIZES = process.argv.slice(2).map(Number);
const CLIENTS = 16;
/** Each round sends so many requests from all clients, then from one. */
const REQUESTS = 48;
const REQUESTS_ALONE = 12;
const ROUNDS = 14;
/** Rounds before any of them counts. */
const WARM_UP = 4;
const SEARCH = 'entity:search (searchPortalUserEntities)';

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  /** Milliseconds of the server's thread per request. */
  readonly cpu: number;
  /** The median of a client that sends one request after another. */
  readonly alone: number;
}

/** Where a request goes, and what came of it so far. */
interface Course {
  readonly port: number;
  readonly request: Task['request'];
  readonly waits: number[];
  readonly alone: number[];
  milliseconds: number;
  /** Of the server's thread. */
  cpuMilliseconds: number;
}

const clients = new Worker(new URL('./clients.ts', import.meta.url), { execArgv: ['--no-warnings'] });
await measureOn(undefined);
if (process.env['DATABASE_URL']) await measureOn(process.env['DATABASE_URL']);
process.exit(0);

async function measureOn(databaseUrl: string | undefined): Promise<void> {
  const busbar = await createBusbar(
    readSettings({
      BUSBAR_MODE: 'production',
      BUSBAR_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      BUSBAR_DATA: 'memory://',
      BUSBAR_LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
    }),
    pino({ level: 'silent' }),
  );
  await busbar.http.listen({ host: '127.0.0.1', port: 0 });
  const { database } = busbar.storage;
  const bare = fastify();
  bare.get<{ Params: { org: string; id: string } }>('/bare/:org/:id', async ({ params }) =>
    database
      .tenant(params.org)
      .first(sql`select id, doc from entity where org_id = ${params.org} and id = ${params.id}`),
  );
  await bare.listen({ host: '127.0.0.1', port: 0 });
  const searches = new Map<number, number>();
  for (const size of SIZES.length > 0 ? SIZES : [2_000, 10_000, 200_000]) {
    const customer = await customerAmong(busbar, size);
    const route = { method: 'GET', path: `/bare/${customer.org}/${customer.contractId}` } as const;
    printTitle(database.kind, size);
    for (const [name, request] of Object.entries(requestsOf(customer))) {
      const bareCourse = courseTo(portOf(bare.server.address()), route);
      const course = courseTo(portOf(busbar.http.server.address()), request);
      await takeTurns(bareCourse, course);
      const measured = measuredOn(course);
      print(name, measured, measuredOn(bareCourse));
      if (name === SEARCH) searches.set(size, measured.p50);
    }
  }
  const [[least = 0, few = 0] = [], ...more] = searches;
  for (const [size, p50] of more)
    console.log(`entity:search among ${size} beside ${least} entities: ${(p50 / few).toFixed(1)}x`);
  await bare.close();
  await busbar.close();
}

function requestsOf(customer: BenchCustomer): Readonly<Record<string, Task['request']>> {
  const { portalId, contractId, meterId, counterId, token } = customer;
  const headers = { authorization: `Bearer ${token}` };
  const get = (path: string) => ({ method: 'GET', path, headers }) as const;
  const post = (path: string, body: unknown) =>
    ({
      method: 'POST',
      path,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }) as const;
  return {
    getPortalConfigV3: get(`/v3/portal/config/${portalId}`),
    getContact: get('/v2/portal/contact'),
    getAllContracts: get('/v2/portal/contract'),
    getContract: get(`/v2/portal/contract/${contractId}`),
    [SEARCH]: post('/v2/portal/entity:search', { slug: 'contract', q: 'Bench*', size: 10 }),
    'entity:get (getPortalUserEntity)': post('/v2/portal/entity:get', {
      slug: 'contract',
      entity_id: contractId,
      hydrate: true,
    }),
    getAllOrders: get('/v2/portal/order'),
    getAllFiles: get('/v2/portal/user/files?from=0&size=10'),
    getBillingEvents: get('/v2/portal/billing/events'),
    getReadingsByInterval: get(`/v1/metering/reading/${meterId}/${counterId}`),
  };
}

function courseTo(port: number, request: Task['request']): Course {
  return { port, request, waits: [], alone: [], milliseconds: 0, cpuMilliseconds: 0 };
}

async function takeTurns(one: Course, other: Course): Promise<void> {
  for (let round = 0; round < WARM_UP; round += 1)
    for (const { port, request } of [one, other]) await send(port, request, REQUESTS, CLIENTS);
  for (let round = 0; round < ROUNDS; round += 1) for (const course of [one, other]) await takeTurn(course);
}

async function takeTurn(course: Course): Promise<void> {
  const { port, request } = course;
  const begin = performance.now();
  const used = process.threadCpuUsage();
  course.waits.push(...(await send(port, request, REQUESTS, CLIENTS)));
  const { user, system } = process.threadCpuUsage(used);
  course.milliseconds += performance.now() - begin;
  course.cpuMilliseconds += (user + system) / 1000;
  course.alone.push(...(await send(port, request, REQUESTS_ALONE, 1)));
}

async function send(
  port: number,
  request: Task['request'],
  requests: number,
  count: number,
): Promise<readonly number[]> {
  clients.postMessage({ port, clients: count, requests, request } satisfies Task);
  const [seen]: [Seen] = (await once(clients, 'message')) as [Seen];
  if ('failure' in seen) throw new Error(seen.failure);
  return seen.waits;
}

function measuredOn({ waits, alone, milliseconds, cpuMilliseconds }: Course): Measured {
  return {
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
    perSecond: (waits.length / milliseconds) * 1000,
    cpu: cpuMilliseconds / waits.length,
    alone: percentile(alone, 0.5),
  };
}

function percentile(waits: readonly number[], share: number): number {
  const sorted = [...waits].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('No port');
  return address.port;
}

function printTitle(kind: string, size: number): void {
  const titles = [
    'p50 ms',
    'bare',
    'p99 ms',
    'req/s',
    'cpu ms',
    'bare',
    'alone ms',
    'bare',
    'p50',
    'cpu',
    'alone',
  ];
  console.log(
    `\n${`${kind}, ${size} entities`.padEnd(42)}${titles.map((title) => title.padStart(9)).join('')}`,
  );
}

function print(name: string, measured: Measured, bare: Measured): void {
  const ratio = (part: 'p50' | 'cpu' | 'alone') => `${(measured[part] / bare[part]).toFixed(1)}x`;
  const cells = [
    measured.p50.toFixed(2),
    bare.p50.toFixed(2),
    measured.p99.toFixed(2),
    measured.perSecond.toFixed(0),
    measured.cpu.toFixed(3),
    bare.cpu.toFixed(3),
    measured.alone.toFixed(2),
    bare.alone.toFixed(2),
    ratio('p50'),
    ratio('cpu'),
    ratio('alone'),
  ];
  console.log(`${name.padEnd(42)}${cells.map((cell) => cell.padStart(9)).join('')}`);
}
