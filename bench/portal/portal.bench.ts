/**
 * What a signed-in customer waits for: the ten operations that a portal asks most, among 2,000, 10,000 and 200,000 entities of one organisation, 16
 * clients, beside a bare Fastify route with one SQL query on the same database, in the same run. They are what the published portal asks on its
 * way from signing in (configuration, contact, contracts, orders) to a contract's page (the contract, files, bills, readings), and the two
 * operations behind every block of a page (`entity:get`, `entity:search`).
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
const REQUESTS = 600;
const SEARCH = 'entity:search (searchPortalUserEntities)';

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  /** Milliseconds of the server's thread per request. */
  readonly cpu: number;
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
    const baseline = await measure(portOf(bare.server.address()), route);
    print(database.kind, size, 'bare route, one query', baseline, baseline);
    for (const [name, request] of Object.entries(requestsOf(customer))) {
      const measured = await measure(portOf(busbar.http.server.address()), request);
      print(database.kind, size, name, measured, baseline);
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

/** Sends the same request from 16 clients; a fifth of it first to warm up. */
async function measure(port: number, request: Task['request']): Promise<Measured> {
  const run = async (requests: number): Promise<readonly number[]> => {
    clients.postMessage({ port, clients: CLIENTS, requests, request } satisfies Task);
    const [seen]: [Seen] = (await once(clients, 'message')) as [Seen];
    if ('failure' in seen) throw new Error(seen.failure);
    return seen.waits;
  };
  await run(REQUESTS / 5);
  const begin = performance.now();
  const used = process.threadCpuUsage();
  const waits = [...(await run(REQUESTS))].sort((a, b) => a - b);
  const { user, system } = process.threadCpuUsage(used);
  const seconds = (performance.now() - begin) / 1000;
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
  return {
    p50: at(0.5),
    p99: at(0.99),
    perSecond: REQUESTS / seconds,
    cpu: (user + system) / 1000 / REQUESTS,
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('No port');
  return address.port;
}

function print(kind: string, size: number, name: string, measured: Measured, baseline: Measured): void {
  if (measured === baseline)
    console.log(
      `\n${`${kind}, ${size} entities`.padEnd(42)}${['p50 ms', 'p99 ms', 'req/s', 'cpu ms', 'p50', 'cpu'].map((title) => title.padStart(9)).join('')}`,
    );
  const ratio = (part: 'p50' | 'cpu') => `${(measured[part] / baseline[part]).toFixed(1)}x`;
  const cells = [
    measured.p50.toFixed(2),
    measured.p99.toFixed(2),
    measured.perSecond.toFixed(0),
    measured.cpu.toFixed(3),
    ratio('p50'),
    ratio('cpu'),
  ];
  console.log(`${name.padEnd(42)}${cells.map((cell) => cell.padStart(9)).join('')}`);
}
