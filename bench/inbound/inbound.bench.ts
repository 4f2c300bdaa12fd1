/**
 * Inbound events per second over HTTP: accepted in batches of 100 (beside COPY of the same bodies, or an insert of them on the embedded
 * database), accepted one by one by 8 clients (beside prepared single-row inserts on 8 connections), and from accepted to applied (beside an
 * unnest upsert of the same rows). A mapping of two fields, and one of 40 with half of them JSONata. Servers and clients are processes of their own;
 * the CPU time per event is that of the servers and of the database's sessions.
 * `node bench/inbound/inbound.bench.ts [events] [--processes=2]`; `DATABASE_URL` names a PostgreSQL, otherwise the embedded database in memory
 * is measured. With several processes each takes its share of the requests, and events belong to as many integrations.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { benchFields, benchPayload } from '../mapping/field-configurations.ts';
import type { Cpu, Question } from './server.ts';

const EVENTS = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 5_000);
const PROCESSES = Number(
  process.argv
    .find((word) => word.startsWith('--processes='))
    ?.split('=')
    .at(1) ?? 1,
);
const ROUNDS = 3;
const BATCH = 100;
const kind = process.env['DATABASE_URL'] === undefined ? 'the embedded database' : 'PostgreSQL';
if (PROCESSES > 1 && process.env['DATABASE_URL'] === undefined)
  throw new Error('The embedded database belongs to one process');

interface Server {
  readonly child: ChildProcess;
  readonly pool: Pool;
}

const servers: Server[] = [];
for (let n = 0; n < PROCESSES; n += 1) {
  const child = fork(fileURLToPath(new URL('./server.ts', import.meta.url)));
  const port = await answerOf<number>(child);
  servers.push({ child, pool: new Pool(`http://127.0.0.1:${port}`, { connections: 8 }) });
}
const first = server(0);

function server(index: number): Server {
  const found = servers[index % servers.length];
  if (!found) throw new Error('no server');
  return found;
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const [{ value, error }] = (await once(child, 'message')) as [{ value: Answer; error?: string }];
  if (error !== undefined) throw new Error(error);
  return value;
}

async function ask<Answer = void>({ child }: Server, question: Question): Promise<Answer> {
  const answer = answerOf<Answer>(child);
  child.send(question);
  return answer;
}

interface Tenant {
  readonly org: string;
  readonly token: string;
  /** As many as servers. */
  readonly integrationIds: readonly string[];
}

async function post(
  { pool }: Server,
  path: string,
  token: string,
  body: unknown,
): Promise<Record<string, unknown>> {
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
  const token = await ask<string>(first, { kind: 'organisation', org });
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
  const integrationIds: string[] = [];
  for (const _ of servers) {
    const { id } = await post(first, '/v2/integrations', token, { name: 'Bench', use_cases: [useCase] });
    integrationIds.push(String(id));
  }
  return { org, token, integrationIds };
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

/** Posts the events; each client stays with one server and one integration. */
async function accept(
  { token, integrationIds }: Tenant,
  events: readonly object[],
  size: number,
  clients: number,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const integration_id = integrationIds[client % integrationIds.length];
      while (next < events.length) {
        const batch = events.slice(next, next + size);
        next += size;
        await post(server(client), '/v3/erp/updates/events', token, { integration_id, events: batch });
      }
    }),
  );
}

/** Milliseconds that work took. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function cpuSoFar(): Promise<Cpu> {
  let all: Cpu = { server: 0, database: 0 };
  for (const each of servers) {
    const cpu = await ask<Cpu>(each, { kind: 'cpu' });
    all = { server: all.server + cpu.server, database: cpu.database };
  }
  return all;
}

/** Rates of several rounds, and CPU time per event in microseconds. */
class Measure {
  readonly #rates: number[] = [];
  readonly #server: number[] = [];
  readonly #database: number[] = [];

  /** Takes one round; `work` answers the milliseconds that count. */
  async take(work: () => Promise<number>): Promise<void> {
    const before = await cpuSoFar();
    const milliseconds = await work();
    const after = await cpuSoFar();
    this.#rates.push(EVENTS / (milliseconds / 1000));
    this.#server.push((after.server - before.server) / EVENTS);
    this.#database.push((after.database - before.database) / EVENTS);
  }

  get rate(): number {
    return median(this.#rates);
  }

  get cpu(): string {
    return `${median(this.#server).toFixed(0)} + ${median(this.#database).toFixed(0)}`;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const lines: Record<string, string>[] = [];
function report(goal: string, what: string, ours: Measure, baseline: Measure, beside: string): void {
  lines.push({
    goal,
    what,
    'per second': ours.rate.toFixed(0),
    beside,
    'baseline per second': baseline.rate.toFixed(0),
    ratio: (ours.rate / baseline.rate).toFixed(3),
    'CPU µs server + database': ours.cpu,
    'of the baseline': baseline.cpu,
  });
}

await ask(first, { kind: 'prepare' });
for (const fields of [0, 40]) {
  const events = eventsOf(fields === 0 ? 10 : fields);
  const bodies = events.map((event) => JSON.stringify(event));
  const mapping =
    fields === 0
      ? [{ attribute: 'contract_name', jsonataExpression: "NAME_0 & ' ' & STATUS_0" }]
      : benchFields(fields);
  const [batches, single, applied] = [new Measure(), new Measure(), new Measure()];
  const [copy, inserts, documents, results] = [new Measure(), new Measure(), new Measure(), new Measure()];
  for (let round = 0; round < ROUNDS; round += 1) {
    const tenant = await newTenant(mapping);
    const { org } = tenant;
    await copy.take(() => ask<number>(first, { kind: 'copy', bodies }));
    await batches.take(() => timed(() => accept(tenant, events, BATCH, 4)));
    await applied.take(() =>
      timed(() => Promise.all(servers.map((each) => ask<number>(each, { kind: 'drain' })))),
    );
    const count = await ask<number>(first, { kind: 'count', org });
    if (count !== EVENTS) throw new Error(`${count} of ${EVENTS} were applied`);
    await documents.take(() => ask<number>(first, { kind: 'documents', org }));
    await results.take(() => ask<number>(first, { kind: 'results', org }));
    const other = await newTenant(mapping);
    await inserts.take(() => ask<number>(first, { kind: 'inserts', bodies }));
    await single.take(() => timed(() => accept(other, events, 1, 8)));
    await ask(first, { kind: 'forget', org: other.org });
    await ask<number>(first, { kind: 'drain' });
  }
  const size = `${fields === 0 ? 2 : fields} fields, ${Math.round((bodies[0]?.length ?? 0) / 100) / 10} kB`;
  const copied = kind === 'PostgreSQL' ? 'COPY' : 'one insert';
  report('I1', `accepted, batches of 100 (${size})`, batches, copy, copied);
  report('I2', `accepted one by one, 8 clients (${size})`, single, inserts, 'single-row inserts');
  report('I3', `accepted -> applied (${size})`, applied, results, 'unnest upsert of all rows');
  report('-', `accepted -> applied (${size})`, applied, documents, 'unnest upsert of documents');
}
console.log(
  `${EVENTS} events on ${kind}, ${PROCESSES} server(s), Node ${process.version}, median of ${ROUNDS}`,
);
console.table(lines);
await ask(first, { kind: 'clear' });
for (const { child, pool } of servers) {
  await pool.close();
  const closed = once(child, 'exit');
  child.disconnect();
  await closed;
}
