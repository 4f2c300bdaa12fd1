/**
 * Inbound events per second over HTTP: accepted in batches of 100 (beside COPY of the same bodies, or an insert of them on the embedded
 * database), accepted one by one by 8 clients (beside single-row inserts on 8 connections), and from accepted to applied (beside an unnest
 * upsert of the same documents). A mapping of two fields, and one of 40 with half of them JSONata.
 * `node bench/inbound/inbound.bench.ts [events]`; `DATABASE_URL` names a PostgreSQL, otherwise the embedded database in memory is measured.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { Pool } from 'undici';
import { createBusbar } from '../../apps/server/src/composition/busbar.ts';
import { readSettings } from '../../apps/server/src/settings.ts';
import { raw, sql } from '../../apps/server/src/storage/index.ts';
import { benchFields, benchPayload } from '../mapping/field-configurations.ts';

const EVENTS = Number(process.argv[2] ?? 5_000);
const ROUNDS = 3;
const BATCH = 100;
const url = process.env['DATABASE_URL'];
/** The client that COPY goes through. */
const client = process.env['PSQL'] ?? 'psql';

/** What an applied event leaves behind; one baseline writes the same rows into empty copies of these tables, indexes included. */
const RESULTS = ['entity', 'activity', 'activity_operation', 'inbound_monitoring_event'] as const;

const port = await freePort();
const settings = readSettings({
  BUSBAR_DATA: 'memory://',
  BUSBAR_LOG_LEVEL: 'silent',
  BUSBAR_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  BUSBAR_ERP_REQUESTS_PER_MINUTE: '1000000',
  NODE_ENV: 'production',
  PORT: String(port),
  ...(url === undefined ? {} : { DATABASE_URL: url }),
});
const busbar = await createBusbar(settings, pino({ level: 'silent' }));
await busbar.http.listen({ host: '127.0.0.1', port });
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 8 });
const { database } = busbar.storage;
const { system } = database;
await system.run(sql`create table if not exists bench_body (org_id text, id text, body text)`);
await system.run(
  sql`create table if not exists bench_document (org_id text, external_id text, doc jsonb, primary key (org_id, external_id))`,
);
for (const table of RESULTS)
  await system.run(
    raw(`create table if not exists bench_${table} (like ${table} including defaults including indexes)`),
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

interface Tenant {
  readonly org: string;
  readonly token: string;
  readonly integrationId: string;
}

async function post(path: string, token: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await pool.request({
    method: 'POST',
    path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const parsed: unknown = await answer.body.json();
  if (answer.statusCode >= 300 || typeof parsed !== 'object' || parsed === null)
    throw new Error(`${path}: ${answer.statusCode} ${JSON.stringify(parsed)}`);
  return { ...parsed };
}

async function newTenant(fields: readonly object[]): Promise<Tenant> {
  const org = String(randomInt(1_000_000, 2 ** 47));
  await busbar.rooms.createOrganisation(org, 'Bench');
  const token = await busbar.rooms.identity.issueAdminToken(org);
  const entity = {
    entity_schema: 'contract',
    unique_ids: ['external_id'],
    fields: [{ attribute: 'external_id', field: 'nr' }, ...fields],
  };
  const useCase = {
    name: 'Contract',
    slug: 'contract',
    type: 'inbound',
    enabled: true,
    configuration: { entities: [entity] },
  };
  const { id } = await post('/v2/integrations', token, { name: 'Bench', use_cases: [useCase] });
  return { org, token, integrationId: String(id) };
}

function eventsOf(payloadFields: number): object[] {
  return Array.from({ length: EVENTS }, (_, n) => ({
    use_case_slug: 'contract',
    timestamp: '2026-01-01T00:00:00.000Z',
    format: 'json',
    payload: { nr: `C-${n}`, ...benchPayload(payloadFields, n) },
    deduplication_id: `d-${n}`,
  }));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return EVENTS / ((performance.now() - started) / 1000);
}

async function accept(
  { token, integrationId }: Tenant,
  events: readonly object[],
  size: number,
  clients: number,
) {
  let next = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < events.length) {
        const batch = events.slice(next, next + size);
        next += size;
        await post('/v3/erp/updates/events', token, { integration_id: integrationId, events: batch });
      }
    }),
  );
}

/** The same bodies into one table: COPY on PostgreSQL, one insert of all on the embedded database. */
async function copyBodies(bodies: readonly string[]): Promise<void> {
  if (url === undefined) {
    await system.run(
      sql`insert into bench_body select 'o', 'i', body from unnest(${[...bodies]}::text[]) as b(body)`,
    );
    return;
  }
  const psql = spawn(client, [url, '-qc', '\\copy busbar.bench_body (org_id, id, body) from stdin'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  for (const [index, body] of bodies.entries()) {
    const escaped = body.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
    psql.stdin.write(`o\t${index}\t${escaped}\n`);
  }
  psql.stdin.end();
  const [code] = await once(psql, 'exit');
  if (code !== 0) throw new Error('psql failed');
}

async function insertSingly(bodies: readonly string[]): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next < bodies.length) {
        const body = bodies[next] ?? '';
        next += 1;
        await system.run(sql`insert into bench_body values ('o', 'i', ${body})`);
      }
    }),
  );
}

async function upsertDocuments(org: string, docs: readonly { key: string; doc: string }[]): Promise<void> {
  for (let at = 0; at < docs.length; at += 500) {
    const part = docs.slice(at, at + 500);
    await system.run(sql`
      insert into bench_document select ${org}, key, doc from unnest(${part.map(({ key }) => key)}::text[], ${part.map(({ doc }) => doc)}::jsonb[]) as d(key, doc)
      on conflict (org_id, external_id) do update set doc = excluded.doc`);
  }
}

/** Every row that the events have left behind, as JSON, by table. */
async function resultsOf(org: string): Promise<Map<string, string[]>> {
  const results = new Map<string, string[]>();
  for (const table of RESULTS) {
    const rows = await database
      .tenant(org)
      .query<{ row: string }>(
        sql`select to_jsonb(t)::text as row from ${raw(table)} t where org_id = ${org}`,
      );
    results.set(
      table,
      rows.map(({ row }) => row),
    );
  }
  return results;
}

async function upsertResults(results: ReadonlyMap<string, readonly string[]>): Promise<void> {
  for (const [table, rows] of results) {
    const copy = raw(`bench_${table}`);
    const conflict =
      table === 'entity' ? raw('on conflict (org_id, id) do update set doc = excluded.doc') : raw('');
    for (let at = 0; at < rows.length; at += 500) {
      await system.run(sql`
        insert into ${copy} select r.* from unnest(${rows.slice(at, at + 500)}::jsonb[]) as u(row), jsonb_populate_record(null::${copy}, u.row) as r ${conflict}`);
    }
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const lines: Record<string, string>[] = [];
function report(
  goal: string,
  name: string,
  ours: readonly number[],
  baseline: readonly number[],
  beside: string,
): void {
  const [rate, base] = [median(ours), median(baseline)];
  lines.push({
    goal,
    what: name,
    'per second': rate.toFixed(0),
    beside,
    'baseline per second': base.toFixed(0),
    ratio: (rate / base).toFixed(3),
  });
}

for (const fields of [0, 40]) {
  const events = eventsOf(fields === 0 ? 10 : fields);
  const bodies = events.map((event) => JSON.stringify(event));
  const mapping =
    fields === 0
      ? [{ attribute: 'contract_name', jsonataExpression: "NAME_0 & ' ' & STATUS_0" }]
      : benchFields(fields);
  const rates = {
    batches: [0],
    single: [0],
    applied: [0],
    copy: [0],
    inserts: [0],
    upserts: [0],
    results: [0],
  };
  for (const list of Object.values(rates)) list.length = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const tenant = await newTenant(mapping);
    rates.copy.push(await timed(() => copyBodies(bodies)));
    rates.batches.push(await timed(() => accept(tenant, events, BATCH, 4)));
    rates.applied.push(await timed(() => busbar.workers.drain()));
    const written = await database
      .tenant(tenant.org)
      .query<{ key: string; doc: string }>(
        sql`select doc->>'external_id' as key, doc::text as doc from entity where org_id = ${tenant.org} and schema = 'contract'`,
      );
    if (written.length !== EVENTS) throw new Error(`${written.length} of ${EVENTS} were applied`);
    rates.upserts.push(await timed(() => upsertDocuments(tenant.org, written)));
    const results = await resultsOf(tenant.org);
    rates.results.push(await timed(() => upsertResults(results)));
    const other = await newTenant(mapping);
    rates.inserts.push(await timed(() => insertSingly(bodies)));
    rates.single.push(await timed(() => accept(other, events, 1, 8)));
    await system.run(sql`delete from inbound_queue where org_id = ${other.org}`);
    await busbar.workers.drain();
  }
  const size = `${fields === 0 ? 2 : fields} fields, ${Math.round((bodies[0]?.length ?? 0) / 100) / 10} kB`;
  report(
    'I1',
    `accepted, batches of 100 (${size})`,
    rates.batches,
    rates.copy,
    url === undefined ? 'one insert' : 'COPY',
  );
  report('I2', `accepted one by one, 8 clients (${size})`, rates.single, rates.inserts, 'single-row inserts');
  report('I3', `accepted -> applied (${size})`, rates.applied, rates.results, 'unnest upsert of all rows');
  report('-', `accepted -> applied (${size})`, rates.applied, rates.upserts, 'unnest upsert of documents');
}
console.log(`${EVENTS} events on ${database.kind}, Node ${process.version}, median of ${ROUNDS}`);
console.table(lines);
await system.run(
  raw(`drop table bench_body, bench_document, ${RESULTS.map((table) => `bench_${table}`).join(', ')}`),
);
await pool.close();
await busbar.close();
