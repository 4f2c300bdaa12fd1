import { setTimeout as wait } from 'node:timers/promises';
import { type Entity, findByUniqueKeys } from '../../entities/index.ts';
import { sql, type Tenant } from '../../storage/index.ts';
import { type TestAnswer, type TestJson, type TestServer, testServer } from '../../testing/test-server.ts';

/** An organisation with one integration, as its ERP sees it. */
export interface ErpFixture {
  readonly server: TestServer;
  readonly tenant: Tenant;
  readonly token: string;
  readonly integrationId: string;
  /** A request with the organisation's token. */
  request(method: string, path: string, body?: unknown): Promise<TestAnswer>;
  /** Sends events to the current endpoint; the results of acceptance in their order. */
  send(events: readonly object[], more?: object): Promise<TestJson[]>;
  /** Does all work of the inbound queue, also what another test process has taken on. */
  settle(): Promise<void>;
  /** Sends events and does all work that follows. */
  sync(events: readonly object[]): Promise<TestJson[]>;
  /** All monitoring rows that match a filter, newest first. */
  monitoring(filter?: object): Promise<TestJson[]>;
  /** The live entities of a schema with a value at an attribute. */
  find(schema: string, attribute: string, value: string | number): Promise<Entity[]>;
}

/** A use case that maps `{ nr, ... }` to an entity by plain fields; `more` overrides parts of the entity mapping. */
export function useCase(slug: string, schema: string, fields: readonly object[], more: object = {}): object {
  return {
    name: slug,
    slug,
    type: 'inbound',
    enabled: true,
    configuration: { entities: [{ entity_schema: schema, unique_ids: ['external_id'], fields, ...more }] },
  };
}

/** An event in JSON for a use case. */
export function event(slug: string, payload: unknown, more: object = {}): object {
  return { use_case_slug: slug, timestamp: '2026-01-01T00:00:00.000Z', format: 'json', payload, ...more };
}

/** Creates an organisation with an integration that has these use cases. */
export async function erpFixture(useCases: readonly object[]): Promise<ErpFixture> {
  const server = await testServer();
  const { org, token } = await server.organisation();
  return erpFixtureIn({ server, org, token }, useCases);
}

/** Adds an integration to an organisation. */
export async function erpFixtureIn(
  { server, org, token }: { server: TestServer; org: string; token: string },
  useCases: readonly object[],
): Promise<ErpFixture> {
  const tenant = server.busbar.storage.database.tenant(org);
  const request = (method: string, path: string, body?: unknown) =>
    server.request(method, path, { token, ...(body === undefined ? {} : { body }) });
  const created = await request('POST', '/v2/integrations', { name: 'ERP', use_cases: useCases });
  if (created.status !== 201) throw new Error(JSON.stringify(created.body));
  const integrationId = String(created.body['id']);
  const fixture: ErpFixture = {
    server,
    tenant,
    token,
    integrationId,
    request,
    async send(events, more = {}) {
      const body = { integration_id: integrationId, events, ...more };
      const answer = await request('POST', '/v3/erp/updates/events', body);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return listOf(answer.body['results']);
    },
    async sync(events) {
      const results = await fixture.send(events);
      await fixture.settle();
      return results;
    },
    async settle() {
      for (;;) {
        await server.work();
        const left = await tenant.first(
          sql`select 1 from inbound_queue where org_id = ${tenant.org} limit 1`,
        );
        if (!left) return;
        // Workers of other test files share the database and may be at it.
        await wait(10);
      }
    },
    async monitoring(filter = {}) {
      const path = `/v1/integrations/${integrationId}/monitoring/inbound-events`;
      const rows: TestJson[] = [];
      for (let cursor: unknown; ; ) {
        const answer = await request('POST', path, { limit: 100, ...filter, ...(cursor ? { cursor } : {}) });
        if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
        rows.push(...listOf(answer.body['data']));
        cursor = answer.body['next_cursor'];
        if (!cursor) return rows;
      }
    },
    find: (schema, attribute, value) => findByUniqueKeys(tenant, schema, [{ attribute, value }]),
  };
  return fixture;
}

function listOf(value: TestJson | undefined): TestJson[] {
  return Array.isArray(value) ? value : [];
}
