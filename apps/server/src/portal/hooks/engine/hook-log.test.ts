import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSettableClock, type Egress, EgressError } from '../../../ports/index.ts';
import { testDatabase, testOrganisation } from '../../../testing/test-database.ts';
import { testSecrets } from '../../../testing/test-identity.ts';
import { HookEngine } from './hook-engine.ts';

it('every run is one line: which hook, how long, how it ended, and nothing personal', async () => {
  const lines: unknown[] = [];
  let status = 200;
  const fetch: Egress['fetch'] = async ({ url }) => {
    if (status === 0) throw new EgressError('TIMEOUT', 'late');
    const body = new TextEncoder().encode('{"secret":"s3cret"}');
    return { status, headers: {}, url, timings: { headersMs: 1, totalMs: 1 }, body };
  };
  const egress: Egress = {
    fetch,
    stream: () => Promise.reject(),
    check: async () => {},
    close: async () => {},
  };
  const clock = createSettableClock(new Date('2027-03-10T09:00:00.000Z'));
  const engine = new HookEngine({
    ...{ egress, secrets: testSecrets, clock, timeoutMs: 20_000, secureRoute: async () => ({}) },
    log: { info: (line: unknown) => lines.push(line) },
  });
  const tenant = (await testDatabase()).tenant(testOrganisation());
  const portalId = randomUUID();
  const definition = {
    id: 'price',
    type: 'priceDataRetrieval',
    call: { url: 'https://erp.example/{{Input.name}}', headers: { authorization: 'Bearer t0ken' } },
  };
  const extension = { id: 'solar', appId: 'app-1', definition: {} };
  const run = () =>
    engine
      .run(
        { extension, id: 'price', definition },
        { tenant, portalId, portalUserId: randomUUID(), inputs: { Input: { name: 'Wiebke' } } },
        { method: 'GET' },
      )
      .catch((error: unknown) => error);
  for (const next of [200, 404, 503, 0]) {
    status = next;
    await run();
  }
  expect(lines).toMatchObject(
    ['answered', 'not found', 'UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT'].map((outcome) => ({
      ...{ org: tenant.org, portalId, app: 'app-1', extension: 'solar', hook: 'price', outcome },
      ...{ type: 'priceDataRetrieval', durationMs: expect.any(Number) },
    })),
  );
  expect(JSON.stringify(lines)).not.toMatch(/Wiebke|s3cret|t0ken|erp\.example/);
});
