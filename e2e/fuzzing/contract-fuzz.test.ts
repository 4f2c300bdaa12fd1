import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../apps/server/src/contract/json-object.ts';
import { loadContract, type Operation } from '../../apps/server/src/contract/openapi-document.ts';
import { OPERATOR_OPERATIONS, WHOLE_APIS } from '../../apps/server/src/contract/served-operations.ts';
import { type DemoDatabase, demoDatabase } from '../demo-database.ts';
import { ServerProcess } from '../server-process.ts';
import { type ValueGround, valuesOf, variantsOf } from './schema-values.ts';

/** Requests per operation; more for a long run. */
const RUNS = Number(process.env['BUSBAR_FUZZ_RUNS'] ?? 3);
const SEED = Number(process.env['BUSBAR_FUZZ_SEED'] ?? 20_261_121);
/** What a request may take before it counts as hung. */
const HUNG_AFTER_MS = 60_000;

let database: DemoDatabase;
let server: ServerProcess;
let tokens: { readonly admin: string; readonly customer: string };
let existing: Pick<ValueGround, 'ids' | 'known'>;

beforeAll(async () => {
  database = await demoDatabase();
  server = await ServerProcess.start(database);
  tokens = {
    admin: await server.command('token', 'admin'),
    customer: await server.command('token', 'portal'),
  };
  existing = await whatExists();
});

afterAll(async () => {
  await server.remove();
  await database.drop();
});

describe('requests made from the contract', () => {
  // In development the server holds its own answers against the contract, so a 500 is also an answer of the wrong shape.
  it('never end in a 5xx, a hung request or a dead server', async () => {
    const failures: string[] = [];
    for (const [index, { operation, components }] of (await servedOperations()).entries()) {
      const requests = requestsOf(operation, { ...existing, components });
      for (const request of fc.sample(requests, { numRuns: RUNS, seed: SEED + index })) {
        const problem = await problemWith(operation, request);
        if (problem)
          failures.push(`${operation.api} ${operation.operationId}: ${problem}\n  ${excerpt(request)}`);
      }
    }
    expect(failures).toEqual([]);
  }, 3_600_000);
});

/** Every operation with a handler and its contract's schemas; what destroys what others need comes last. */
async function servedOperations(): Promise<{ operation: Operation; components: JsonObject }[]> {
  const rows = JSON.parse(await server.command('coverage', '--json')) as JsonObject[];
  const served = new Set(
    rows.filter((row) => row['implemented'] === true).map((row) => `${row['api']} ${row['operationId']}`),
  );
  const operatorApis = Object.keys(OPERATOR_OPERATIONS) as (keyof typeof OPERATOR_OPERATIONS)[];
  const contracts = await Promise.all([...WHOLE_APIS, ...operatorApis].map(loadContract));
  return contracts
    .flatMap(({ components, operations }) => operations.map((operation) => ({ operation, components })))
    .filter(({ operation }) => served.has(`${operation.api} ${operation.operationId}`))
    .sort((one, other) => harm(one.operation) - harm(other.operation));
}

interface Sample {
  readonly api: string;
  readonly operationId: string;
  readonly body: unknown;
}

const samples: readonly Sample[] = ['portal', 'pricing', 'erp-integration'].flatMap((file) =>
  JSON.parse(
    readFileSync(new URL(`../../apps/server/src/contract/samples/${file}.json`, import.meta.url), 'utf8'),
  ),
);

interface FuzzRequest {
  readonly path: JsonObject;
  readonly query: JsonObject;
  readonly body: unknown;
}

/** How much an operation takes away from those that follow. */
function harm({ operationId, method }: Operation): number {
  if (/^(delete|revoke|logout|swap|disable)/i.test(operationId)) return 2;
  return method === 'GET' ? 0 : 1;
}

/** Accepted requests with hostile members, requests as the contract says, and requests that stray from it. */
function requestsOf(operation: Operation, ground: Omit<ValueGround, 'hostility'>): fc.Arbitrary<FuzzRequest> {
  const sample = samples.find(
    (one) => one.api === operation.api && one.operationId === operation.operationId,
  );
  const drawn = (hostility: number) => drawnRequests(operation, { ...ground, hostility });
  if (sample?.body === undefined || sample.body === null) return fc.oneof(drawn(0), drawn(6));
  const fromSample = fc
    .tuple(drawn(0), variantsOf(sample.body, { ...ground, hostility: 0 }))
    .map(([request, body]) => ({ ...request, body }));
  return fc.oneof(fromSample, fromSample, drawn(0), drawn(4));
}

function drawnRequests(operation: Operation, ground: ValueGround): fc.Arbitrary<FuzzRequest> {
  const near = { ...ground, known: { ...ground.known, ...idsNamedBy(operation, ground) } };
  const place = (where: string) =>
    fc.record(
      Object.fromEntries(
        operation.parameters
          .filter((parameter) => parameter.place === where)
          .map(({ name, schema }) => [name, valuesOf(schema, near, name, 1)]),
      ),
      {
        requiredKeys: operation.parameters
          .filter((parameter) => parameter.place === where && parameter.required)
          .map(({ name }) => name),
      },
    );
  return fc.record({
    path: place('path'),
    query: place('query'),
    body: operation.body ? valuesOf(operation.body.schema ?? {}, near) : fc.constant(undefined),
  });
}

/** In `/contract/{id}` the id is most likely that of a contract. */
function idsNamedBy({ path }: Operation, { known }: ValueGround): Record<string, readonly string[]> {
  const found = /\/([a-z_]+?)s?\/\{(\w+)\}/.exec(path);
  const ids = known[`${found?.[1]}_id`];
  return found?.[2] && ids ? { [found[2]]: ids } : {};
}

async function problemWith(operation: Operation, request: FuzzRequest): Promise<string | undefined> {
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(text(request.path[name])),
  );
  const query = Object.entries(request.query).map(([name, value]): [string, string] => [name, text(value)]);
  const isPortal =
    operation.security.some((scheme) => /portal|either/i.test(scheme)) && operation.api === 'customer-portal';
  const token = isPortal ? tokens.customer : tokens.admin;
  const url = `${server.url}${path}?${new URLSearchParams(query)}`;
  try {
    const answer = await fetch(url, {
      method: operation.method,
      redirect: 'manual',
      signal: AbortSignal.timeout(HUNG_AFTER_MS),
      headers: {
        authorization: `Bearer ${token}`,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    // A third party that cannot be reached is a 502, and no fault of ours.
    const said = await answer.text();
    return answer.status >= 500 && answer.status !== 502
      ? `${answer.status} ${said.slice(0, 400)}`
      : undefined;
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}

function text(value: unknown): string {
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return (written === '' || written === undefined ? 'x' : written).toWellFormed();
}

function excerpt(request: FuzzRequest): string {
  return JSON.stringify(request).slice(0, 1_500);
}

/** Ids of the demo utility's entities, and names that operations ask for. */
async function whatExists(): Promise<Pick<ValueGround, 'ids' | 'known'>> {
  const ask = async (method: string, path: string, body?: unknown): Promise<JsonObject> => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as JsonObject;
  };
  const idsOf = async (schema: string): Promise<string[]> => {
    const found = await ask('POST', '/v1/entity:search', { q: `_schema:${schema}`, size: 5 });
    return (found['results'] as JsonObject[]).map((entity) => String(entity['_id']));
  };
  const own = async (path: string): Promise<string[]> => {
    const answer = await fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${tokens.customer}` },
    });
    const found = (await answer.json()) as JsonObject;
    return (found['data'] as JsonObject[]).map((entity) => String(entity['_id']));
  };
  const schemas = [
    'contact',
    'contract',
    'meter',
    'meter_counter',
    'billing_account',
    'order',
    'opportunity',
    'product',
    'price',
    'file',
    'portal_user',
  ];
  const bySchema = Object.fromEntries(
    await Promise.all(schemas.map(async (schema) => [schema, await idsOf(schema)] as const)),
  );
  for (const schema of ['contract', 'order', 'opportunity']) {
    bySchema[schema] = [...(await own(`/v2/portal/${schema}`)), ...(bySchema[schema] ?? []).slice(0, 1)];
  }
  const portals = ((await ask('GET', '/v3/portal/configs'))['data'] ?? []) as JsonObject[];
  const integrations = ((await ask('GET', '/v1/integrations'))['integrations'] ?? []) as JsonObject[];
  const integrationIds = integrations.map((one) => String(one['id']));
  const named = Object.fromEntries(Object.entries(bySchema).map(([schema, ids]) => [`${schema}_id`, ids]));
  return {
    ids: Object.values(bySchema).flat(),
    known: {
      ...named,
      contactId: bySchema['contact'] ?? [],
      contractId: bySchema['contract'] ?? [],
      meterId: bySchema['meter'] ?? [],
      counter_id: bySchema['meter_counter'] ?? [],
      slug: [...schemas, 'account'],
      schema: schemas,
      entity_schema: schemas,
      origin: ['END_CUSTOMER_PORTAL', 'INSTALLER_PORTAL'],
      domain: portals.map((portal) => String(portal['domain'])),
      portal_id: portals.map((portal) => String(portal['portal_id'])),
      integration_id: integrationIds,
      integrationId: integrationIds,
      use_case_slug: ['customer', 'contract'],
      attribute: ['customer', 'status', 'installment_amount'],
      fields: ['_id', 'status'],
    },
  };
}
