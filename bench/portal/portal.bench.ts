/**
 * What a signed-in customer waits for: `getContract` and `entity:search` among 10,000 and 200,000 entities of one organisation, 16 clients, beside a
 * bare Fastify route with one SQL query on the same database, in the same run.
 * `node bench/portal/portal.bench.ts [entities …]`; `DATABASE_URL` names a PostgreSQL, otherwise the embedded database in memory is measured.
 */
import { randomInt } from 'node:crypto';
import fastify from 'fastify';
import { pino } from 'pino';
import { Pool } from 'undici';
import { createBusbar } from '../../apps/server/src/composition/busbar.ts';
import { readSettings } from '../../apps/server/src/settings.ts';
import { sql } from '../../apps/server/src/storage/index.ts';

const SIZES = process.argv.slice(2).map(Number);
const CLIENTS = 16;
const REQUESTS = 1_500;

const busbar = await createBusbar(
  readSettings({
    BUSBAR_MODE: 'production',
    BUSBAR_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    BUSBAR_DATA: 'memory://',
    BUSBAR_LOG_LEVEL: 'silent',
    DATABASE_URL: process.env['DATABASE_URL'],
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

const rows: string[][] = [['entities', 'request', 'p50 ms', 'p99 ms', 'req/s', 'p50 beside bare']];
for (const size of SIZES.length > 0 ? SIZES : [10_000, 200_000]) await measureAt(size);
print(rows);
await bare.close();
await busbar.close();
process.exit(0);

async function measureAt(size: number): Promise<void> {
  const { org, token, contract } = await customerAmong(size);
  const authorization = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const baseline = await measure(portOf(bare.server.address()), {
    path: `/bare/${org}/${contract}`,
    method: 'GET',
  });
  const requests = {
    'bare route, one query': baseline,
    getContract: await measure(portOf(busbar.http.server.address()), {
      path: `/v2/portal/contract/${contract}`,
      method: 'GET',
      headers: authorization,
    }),
    'entity:search': await measure(portOf(busbar.http.server.address()), {
      path: '/v2/portal/entity:search',
      method: 'POST',
      headers: authorization,
      body: JSON.stringify({ slug: 'contract', q: 'Bench*', size: 10 }),
    }),
  };
  for (const [name, { p50, p99, perSecond }] of Object.entries(requests)) {
    rows.push([
      String(size),
      name,
      p50.toFixed(2),
      p99.toFixed(2),
      perSecond.toFixed(0),
      `${(p50 / baseline.p50).toFixed(1)}x`,
    ]);
  }
}

/** An organisation with so many entities, and a customer of it with three contracts. */
async function customerAmong(size: number): Promise<{ org: string; token: string; contract: string }> {
  const org = String(randomInt(1_000_000, 2 ** 47));
  await busbar.rooms.createOrganisation(org, 'Bench');
  const tenant = database.tenant(org);
  await tenant.run(sql`
    insert into entity (org_id, id, schema, doc, title, created_at, updated_at, words)
    select ${org}, gen_random_uuid(), (array['contact', 'contract', 'meter', 'billing_event'])[1 + n % 4],
           jsonb_build_object('external_id', n::text, 'contract_name', 'Bench ' || n, 'status', 'active'), 'Bench ' || n,
           now() - n * interval '1 second', now(), array_to_tsvector(array['bench', n::text, 'active'])
      from generate_series(1, ${size}::int) n`);
  await database.system.query(sql`analyze entity`);
  const admin = await busbar.rooms.identity.issueAdminToken(org);
  const send = async (method: 'POST', path: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await busbar.http.inject({
      method,
      url: path,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}: ${answer.body}`);
    return answer.json();
  };
  const relation = (id: unknown) => ({ $relation: [{ entity_id: id }] });
  const contact = await send('POST', '/v1/entity/contact', {
    first_name: 'Bea',
    last_name: 'Bench',
    customer_number: `bench-${org}`,
  });
  const contracts = [];
  for (const number of [1, 2, 3]) {
    contracts.push(
      await send('POST', '/v1/entity/contract', {
        contract_name: `Bench ${number}`,
        contract_number: `${org}-${number}`,
        status: 'active',
        customer: relation(contact['_id']),
      }),
    );
  }
  const portal = await send('POST', '/v3/portal/config', {
    origin: 'END_CUSTOMER_PORTAL',
    name: 'Bench',
    enabled: true,
  });
  const user = await send('POST', '/v1/entity/portal_user', {
    email: [{ email: `bea@${org}.example` }],
    portal_id: portal['portal_id'],
    origin: 'END_CUSTOMER_PORTAL',
    access_status: true,
    registration_status: 'Registered',
    mapping_status: 'Mapped',
    mapped_contact: relation(contact['_id']),
  });
  const { identity } = busbar.rooms;
  await tenant.transaction((tx) =>
    identity.accounts.createPortalAccount(tx, {
      portalId: String(portal['portal_id']),
      portalUserId: String(user['_id']),
      email: `bea@${org}.example`,
      emailVerified: true,
    }),
  );
  const { id_token } = await identity.issuePortalToken(String(portal['portal_id']), String(user['_id']));
  return { org, token: id_token, contract: String(contracts[0]?.['_id']) };
}

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

/** Sends the same request from 16 clients and answers the milliseconds they waited; a tenth of it first to warm up. */
async function measure(
  port: number,
  request: { path: string; method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
): Promise<Measured> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CLIENTS });
  const waits: number[] = [];
  let left = REQUESTS / 10;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const begin = performance.now();
      const answer = await pool.request(request);
      const body = await answer.body.text();
      if (answer.statusCode !== 200)
        throw new Error(`${request.path} answered ${answer.statusCode}: ${body}`);
      waits.push(performance.now() - begin);
    }
  };
  const all = () => Promise.all(Array.from({ length: CLIENTS }, client));
  await all();
  waits.length = 0;
  left = REQUESTS;
  const begin = performance.now();
  await all();
  const seconds = (performance.now() - begin) / 1000;
  await pool.close();
  waits.sort((a, b) => a - b);
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), perSecond: REQUESTS / seconds };
}

function portOf(address: unknown): number {
  if (typeof address !== 'object' || address === null || !('port' in address)) throw new Error('No port');
  return Number(address.port);
}

function print(table: readonly (readonly string[])[]): void {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of table)
    console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}
