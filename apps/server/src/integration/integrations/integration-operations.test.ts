import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestJson, type TestServer, testServer } from '../../testing/test-server.ts';
import { useCase } from '../testing/erp-fixture.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await testServer();
  token = (await server.organisation()).token;
});

const FIELDS = [{ attribute: 'external_id', field: 'nr' }];
const request = (method: string, path: string, body?: unknown) =>
  server.request(method, path, { token, ...(body === undefined ? {} : { body }) });

async function created(body: object): Promise<TestJson> {
  const answer = await request('POST', '/v2/integrations', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

function useCasesOf(integration: TestJson): TestJson[] {
  const list = integration['use_cases'];
  return Array.isArray(list) ? list : [];
}

describe('integrations', () => {
  it('are created, read, changed in part and deleted', async () => {
    const { body } = await request('POST', '/v1/integrations', { name: 'SAP', app_ids: ['a'] });
    expect(body).toMatchObject({ name: 'SAP', app_ids: ['a'] });
    const path = `/v1/integrations/${body['id']}`;
    server.clock.advance(1000);
    const unchanged = await request('PUT', path, {});
    expect(unchanged.body).toEqual(body);
    const changed = await request('PUT', path, { description: 'billing', app_ids: [] });
    expect(changed.body).toMatchObject({ name: 'SAP', description: 'billing', app_ids: [] });
    expect(changed.body['updated_at']).not.toBe(body['updated_at']);
    expect((await request('GET', path)).body).toEqual(changed.body);
    expect((await request('DELETE', path)).status).toBe(200);
    expect((await request('GET', path)).status).toBe(404);
    expect((await request('DELETE', path)).body['code']).toBe('INTEGRATION_NOT_FOUND');
  });

  it('are listed oldest first, with their use cases in version 2', async () => {
    const own = (await server.organisation()).token;
    const names = ['one', 'two', 'three'];
    for (const name of names)
      await server.request('POST', '/v2/integrations', {
        token: own,
        body: { name, use_cases: [useCase(name, 'contact', FIELDS)] },
      });
    const list = await server.request('GET', '/v2/integrations', { token: own });
    const integrations = list.body['integrations'];
    expect(
      Array.isArray(integrations) && integrations.map((entry: TestJson) => String(entry['name'])),
    ).toEqual(names);
    expect(list.body['integrations']?.[1]?.['use_cases']).toMatchObject([{ slug: 'two', type: 'inbound' }]);
  });

  it('of another organisation do not exist', async () => {
    const mine = await created({ name: 'mine' });
    const { token: stranger } = await server.organisation();
    for (const [method, path] of [
      ['GET', `/v1/integrations/${mine['id']}`],
      ['PUT', `/v1/integrations/${mine['id']}`],
      ['DELETE', `/v2/integrations/${mine['id']}`],
      ['GET', `/v1/integrations/${mine['id']}/use-cases`],
      ['POST', `/v1/integrations/${mine['id']}/events`],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
      expect((await server.request(method, path, { token: stranger, ...body })).status).toBe(404);
    }
  });

  it('refuse keys declared twice and refreshing without a threshold', async () => {
    const key = { key: 'a', label: 'A', type: 'String' };
    const twice = await request('POST', '/v1/integrations', { name: 'x', environment_config: [key, key] });
    expect(twice.body).toMatchObject({ status: 400, errors: [{ path: 'body.environment_config[1].key' }] });
    const refresh = await request('POST', '/v1/integrations', {
      name: 'x',
      settings: { autoRefresh: { enabled: true } },
    });
    expect(refresh.status).toBe(400);
  });
});

describe('the declarative update', () => {
  it('changes, adds and removes use cases, and leaves them alone without a list', async () => {
    const before = await created({
      name: 'ERP',
      use_cases: [useCase('kept', 'contact', FIELDS), useCase('gone', 'contact', FIELDS)],
    });
    const [kept] = useCasesOf(before);
    const path = `/v2/integrations/${before['id']}`;
    const renamed = await request('PUT', path, { name: 'Renamed' });
    expect(useCasesOf(renamed.body)).toEqual(useCasesOf(before));
    const own = randomUUID();
    const after = await request('PUT', path, {
      name: 'Renamed',
      use_cases: [
        { id: kept?.['id'], name: 'Kept', type: 'inbound', enabled: false },
        { id: own, name: 'Über Uns', type: 'inbound', enabled: true },
      ],
    });
    expect(useCasesOf(after.body)).toMatchObject([
      { slug: 'kept', name: 'Kept', enabled: false, configuration: kept?.['configuration'] },
      { id: own, slug: 'ueber-uns' },
    ]);
    const empty = await request('PUT', path, { name: 'Renamed', use_cases: [] });
    expect(useCasesOf(empty.body)).toEqual([]);
  });

  it('does everything or nothing', async () => {
    const before = await created({ name: 'ERP', use_cases: [useCase('a', 'contact', FIELDS)] });
    const elsewhere = await created({ name: 'other', use_cases: [useCase('a', 'contact', FIELDS)] });
    const [a] = useCasesOf(before);
    const [foreign] = useCasesOf(elsewhere);
    const bad: readonly (readonly object[])[] = [
      [{ ...useCase('b', 'contact', FIELDS), id: foreign?.['id'] }],
      [useCase('b', 'contact', FIELDS), useCase('b', 'contact', FIELDS)],
      [{ id: a?.['id'], name: 'a', type: 'outbound', enabled: true }],
      [{ id: a?.['id'], name: 'a', slug: 'other', type: 'inbound', enabled: true }],
      [
        useCase('b', 'contact', FIELDS),
        useCase('c', 'contact', [{ attribute: 'x', jsonataExpression: 'a +' }]),
      ],
    ];
    for (const use_cases of bad) {
      const answer = await request('PUT', `/v2/integrations/${before['id']}`, { name: 'changed', use_cases });
      expect(answer.status, JSON.stringify(use_cases)).toBe(400);
      expect((await request('GET', `/v2/integrations/${before['id']}`)).body).toEqual(before);
    }
  });
});

describe('app mappings', () => {
  it('are unique per component unless overwritten', async () => {
    const [one, two] = [await created({ name: 'one' }), await created({ name: 'two' })];
    const component = { app_id: randomUUID(), component_id: randomUUID() };
    const put = (integration: TestJson, body: object) =>
      request('PUT', `/v1/integrations/${integration['id']}/app-mapping`, body);
    expect((await put(one, component)).body).toEqual({ integration_id: one['id'] });
    expect((await put(one, component)).status).toBe(409);
    expect((await put(two, component)).status).toBe(409);
    expect((await put(two, { ...component, overwrite: true })).body).toEqual({ integration_id: two['id'] });
    const remove = (integration: TestJson) =>
      request('DELETE', `/v1/integrations/${integration['id']}/app-mapping`, component);
    expect((await remove(one)).status).toBe(404);
    expect((await remove(two)).status).toBe(200);
    expect((await remove(two)).status).toBe(404);
  });

  it('let the oldest endpoint find its integration, which is noted as deprecated', async () => {
    const integration = await created({
      name: 'old',
      use_cases: [useCase('Kunde', 'contact', FIELDS)].map((one) => ({ ...one, slug: 'kunde' })),
    });
    const component = { app_id: randomUUID(), component_id: randomUUID() };
    const event = {
      event_type: 'CREATE',
      object_type: 'Kunde',
      timestamp: '2026-01-01T00:00:00Z',
      format: 'json',
      payload: { nr: '1' },
    };
    const send = () =>
      request('POST', '/v1/erp/updates/events', {
        ...component,
        meta: { correlation_id: 'c-1' },
        events: [event],
      });
    expect((await send()).body).toMatchObject({ status: 400, code: 'APP_MAPPING_NOT_FOUND' });
    await request('PUT', `/v1/integrations/${integration['id']}/app-mapping`, component);
    expect((await send()).body).toMatchObject({ results: [{ status: 'success' }] });
    await server.work();
    const path = `/v1/integrations/${integration['id']}/monitoring/inbound-events`;
    const rows = await request('POST', path, {});
    expect(rows.body['data']).toHaveLength(2);
    expect(rows.body['data']).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          sync_type: 'api_deprecation',
          status: 'warning',
          error_code: 'DEPRECATED_ENDPOINT',
          correlation_id: 'c-1',
        }),
        expect.objectContaining({
          sync_type: 'entity',
          status: 'success',
          event_type: 'CREATE',
          correlation_id: 'c-1',
        }),
      ]),
    );
  });
});
