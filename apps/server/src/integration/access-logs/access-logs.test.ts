import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AccessRecord } from '../../http/access-log.ts';
import { sql } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { type TestJson, type TestServer, testServer } from '../../testing/test-server.ts';
import { listOf } from '../testing/outbound-fixture.ts';
import { BufferedAccessLog } from './buffered-access-log.ts';

let server: TestServer;
let org: string;
let admin: string;
let token: { id: string; secret: string };
let integration: string;

beforeAll(async () => {
  server = await testServer();
  ({ org, token: admin } = await server.organisation());
  token = await newToken();
  integration = await newIntegration([token.id]);
});

async function newToken(): Promise<{ id: string; secret: string }> {
  const answer = await server.request('POST', '/v1/access-tokens', {
    token: admin,
    body: { name: 'ERP', token_type: 'api', assignments: [`${org}:owner`] },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return { id: String(answer.body['id']), secret: String(answer.body['token']) };
}

async function newIntegration(access_token_ids: readonly string[]): Promise<string> {
  const body = { name: 'ERP', access_token_ids };
  const answer = await server.request('POST', '/v1/integrations', { token: admin, body });
  return String(answer.body['id']);
}

async function logs(body: object = {}, id = integration): Promise<TestJson> {
  const path = `/v1/integrations/${id}/monitoring/access-logs`;
  const answer = await server.request('POST', path, { token: admin, body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

function record(values: Partial<AccessRecord> = {}): AccessRecord {
  return {
    org,
    timestamp: new Date('2026-06-01T08:00:00.000Z'),
    service: 'entity',
    requestId: randomUUID(),
    method: 'GET',
    path: '/v1/entity',
    status: 200,
    latencyMs: 3,
    responseLength: 10,
    tokenId: token.id,
    origin: undefined,
    sourceIp: '127.0.0.1',
    ...values,
  };
}

describe('the access log', () => {
  it('shows every request made with a linked token once, refused ones, too, without the query', async () => {
    const fresh = await newToken();
    const id = await newIntegration([fresh.id]);
    await server.request('GET', '/v1/integrations?secret=1', { token: fresh.secret });
    await server.request('GET', `/v1/integrations/${randomUUID()}`, { token: fresh.secret });
    await server.request('GET', '/v1/integrations', { token: admin });
    const { data } = await logs({}, id);
    // The clock stands still, so the two have the same instant.
    const rows = listOf(data).toSorted((a, b) => Number(a['status']) - Number(b['status']));
    expect(rows.map(({ status }) => status)).toEqual([200, 404]);
    expect(rows[0]).toEqual({
      timestamp: expect.any(String),
      environment: 'dev',
      service: 'integration-toolkit',
      request_id: expect.any(String),
      method: 'GET',
      path: '/v1/integrations',
      status: 200,
      response_latency_ms: expect.any(Number),
      response_length: expect.any(Number),
      token_id: fresh.id,
      org_id: org,
      source_ip: expect.any(String),
    });
  });

  it('is filtered, and paged while requests keep coming', async () => {
    const log = new BufferedAccessLog({ database: server.busbar.storage.database, report: fail });
    for (let at = 0; at < 120; at += 1)
      log.record(
        record({
          timestamp: new Date(Date.UTC(2026, 5, 1, 8, 0, Math.floor(at / 3))),
          path: at % 2 === 0 ? '/v1/Entity/contact' : '/v1/meters',
          status: at % 5 === 0 ? 404 : 200,
          method: at % 3 === 0 ? 'POST' : 'GET',
          service: at % 2 === 0 ? 'entity' : 'metering',
        }),
      );
    await log.flush();
    const window = { from_date: '2026-06-01T08:00:00Z', to_date: '2026-06-01T08:59:59Z' };
    const total = async (filter: object) =>
      listOf((await logs({ ...window, limit: 100, ...filter }))['data']).length;
    expect(await total({ path: 'Entity' })).toBe(60);
    expect(await total({ path: 'entity' })).toBe(0);
    expect(await total({ status: 404, service: 'metering' })).toBe(12);
    expect(await total({ method: 'POST', token_id: token.id })).toBe(40);
    expect(await total({ to_date: '2026-06-01T08:00:01Z' })).toBe(6);
    const seen: string[] = [];
    for (let cursor: unknown; ; ) {
      const page = await logs({ ...window, limit: 50, ...(cursor ? { cursor } : {}) });
      seen.push(...listOf(page['data']).map((row) => String(row['request_id'])));
      cursor = page['next_cursor'];
      if (cursor === null) break;
      log.record(record({ timestamp: new Date('2026-06-01T08:30:00.000Z') }));
      await log.flush();
    }
    expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
  });

  it('is empty without linked tokens, and for one that is not linked', async () => {
    const unlinked = await newIntegration([]);
    expect(await logs({}, unlinked)).toEqual({ data: [], next_cursor: null, has_more: false });
    const other = await logs({ token_id: 'api_other' });
    expect(other).toEqual({ data: [], next_cursor: null, has_more: false });
  });
});

function fail(error: unknown): void {
  throw error;
}

describe('the writer', () => {
  it('keeps what the database did not take, up to its capacity, and tells what is lost', async () => {
    const database = await testDatabase();
    const own = testOrganisation();
    const reports: number[] = [];
    const log = new BufferedAccessLog({
      database,
      capacity: 3,
      delayMs: 3_600_000,
      report: (_, lost) => reports.push(lost),
    });
    const broken = record({ org: own, status: 1_000_000 });
    log.record(broken);
    await log.flush();
    expect(reports).toEqual([0]);
    for (let at = 0; at < 5; at += 1) log.record(record({ org: own }));
    await log.flush();
    expect(reports).toEqual([0, 3]);
    const rows = await database.tenant(own).query(sql`select * from access_log where org_id = ${own}`);
    expect(rows).toEqual([]);
  });
});
