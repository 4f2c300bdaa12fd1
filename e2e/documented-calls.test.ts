import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../apps/server/src/contract/json-object.ts';
import { loadServedContract } from '../apps/server/src/contract/served-contract.ts';
import { sdkClients } from './clients.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';

interface Sample {
  readonly api: 'customer-portal' | 'pricing' | 'integration-toolkit';
  readonly operationId: string;
  readonly params: JsonObject;
  readonly body: unknown;
}

const samples: readonly Sample[] = ['portal', 'pricing', 'erp-integration'].flatMap((file) =>
  JSON.parse(
    readFileSync(new URL(`../apps/server/src/contract/samples/${file}.json`, import.meta.url), 'utf8'),
  ),
);
/** These end the session that the others need. */
const LAST = ['revokeToken', 'deletePortalUser'];

/** M-Login signs these itself, as a client that the organisation has registered. */
const SIGNED_BY_OTHERS = ['deRegisterMLoginUser', 'notifyMLoginInterestChange'];

let demo: DemoServer;
let clients: {
  readonly staff: ReturnType<typeof sdkClients>;
  readonly customer: ReturnType<typeof sdkClients>;
};
/** Operations that a signed-in portal user calls. */
let ofCustomers: ReadonlySet<string>;

beforeAll(async () => {
  demo = await startDemoServer();
  const { server } = demo;
  clients = {
    staff: sdkClients(server.url, await server.command('token', 'admin')),
    customer: sdkClients(server.url, await server.command('token', 'portal')),
  };
  const { operations } = await loadServedContract();
  ofCustomers = new Set(
    operations
      .filter(({ security }) => security.some((scheme) => scheme === 'PortalAuth' || scheme === 'EitherAuth'))
      .map(({ operationId }) => operationId),
  );
});

afterAll(() => demo.close());

// What each sample should be answered is checked in process (composition/documented-calls.test.ts); here the question is whether the published
// client and the server mean the same request by it.
describe('the published client makes every documented call', () => {
  const ordered = [...samples].sort(
    (one, other) => LAST.indexOf(one.operationId) - LAST.indexOf(other.operationId),
  );
  it.each(ordered.map((sample) => [sample.operationId, sample] as const))('%s', async (_, sample) => {
    const { status, data } = await call(sample);
    const { code } = asObject(data);
    expect(status, code === undefined ? undefined : String(code)).toBeLessThan(500);
    expect([
      'ROUTE_NOT_FOUND',
      'METHOD_NOT_ALLOWED',
      'UNSUPPORTED_MEDIA_TYPE',
      'NOT_ACCEPTABLE',
    ]).not.toContain(code);
    if (!SIGNED_BY_OTHERS.includes(sample.operationId)) expect(status).not.toBe(401);
  });
});

async function call({ api, operationId, params, body }: Sample): Promise<{ status: number; data: unknown }> {
  const { portal, pricing, toolkit } = ofCustomers.has(operationId) ? clients.customer : clients.staff;
  const client = { 'customer-portal': portal, pricing, 'integration-toolkit': toolkit }[api];
  const operation: unknown = Reflect.get(client, operationId);
  if (typeof operation !== 'function') throw new Error(`The client has no ${operationId}`);
  const answer: unknown = await Reflect.apply(operation, client, [
    params,
    body,
    { validateStatus: () => true, maxRedirects: 0 },
  ]);
  const { status, data } = asObject(answer);
  return { status: Number(status), data };
}
