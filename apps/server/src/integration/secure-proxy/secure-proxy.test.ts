import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTableDns } from '../../ports/index.ts';
import { testOrganisation } from '../../testing/test-database.ts';
import { ownTestServer, type TestServer } from '../../testing/test-server.ts';
import { openStandIn, type StandIn } from '../testing/stand-in.ts';

/** The operator has opened this machine to one organisation, and a network with a metadata service in it to all. */
const org = testOrganisation();
let erpAddresses: readonly string[] = ['127.0.0.1'];
let server: TestServer;
let token: string;
let system: StandIn;
let port: string;
let integrationId: string;

beforeAll(async () => {
  const dns = createTableDns({
    'erp.intern.example': { addresses: () => erpAddresses },
    'two.intern.example': { addresses: ['127.0.0.1', '127.0.0.9'] },
    'mapped.intern.example': { addresses: ['::ffff:127.0.0.9'] },
    'cloud.intern.example': { addresses: ['169.254.169.254'] },
    'closed.intern.example': { addresses: ['10.9.9.9'] },
    'elsewhere.example': { addresses: ['127.0.0.1'] },
  });
  const links = `${org}=127.0.0.0/8, 169.254.0.0/16`;
  server = await ownTestServer({
    dns,
    environment: { BUSBAR_ALLOWED_EGRESS: '', BUSBAR_SECURE_LINKS: links },
  });
  await server.busbar.rooms.createOrganisation(org, 'Utility');
  token = await server.busbar.rooms.identity.issueAdminToken(org);
  system = await openStandIn();
  port = new URL(system.url).port;
  const created = await ask('POST', '/v1/integrations', { name: 'ERP' });
  integrationId = String(created.body['id']);
});
afterEach(() => {
  system.received.length = 0;
  system.answer = () => ({ status: 200 });
  erpAddresses = ['127.0.0.1'];
});
afterAll(async () => {
  await system.close();
  await server.busbar.close();
});

const ask = (method: string, path: string, body?: unknown) =>
  server.request(method, path, { token, ...(body === undefined ? {} : { body }) });

let count = 0;

/** Creates a secure proxy that allows these; its id. */
async function proxy(lists: object = {}, vpc_mode = 'secure_link'): Promise<string> {
  count += 1;
  const body = { name: `Link ${count}`, slug: `link-${count}`, type: 'secure_proxy', enabled: true };
  const created = await ask('POST', `/v1/integrations/${integrationId}/use-cases`, {
    ...body,
    configuration: { vpc_mode },
  });
  expect(created.status, JSON.stringify(created.body)).toBe(201);
  const id = String(created.body['id']);
  if (Object.keys(lists).length > 0) expect((await ask('PUT', whitelistOf(id), lists)).status).toBe(200);
  return id;
}

const whitelistOf = (id: string) =>
  `/v2/integrations/${integrationId}/use-cases/${id}/secure-proxy-whitelist`;
const send = (use_case_id: string, host: string, more: object = {}) =>
  ask('POST', '/v1/secure-proxy', {
    ...{ integration_id: integrationId, use_case_id, url: `http://${host}:${port}/a?b=1`, method: 'GET' },
    ...more,
  });

const INTERN = { allowed_domains: ['*.intern.example'], allowed_ips: ['127.0.0.1/32'] };

describe('secure proxies', () => {
  it('are use cases whose whitelist changes by operations of its own, with a history', async () => {
    const id = await proxy();
    const path = `/v1/integrations/${integrationId}/use-cases/${id}`;
    expect((await ask('GET', whitelistOf(id))).body).toEqual({
      ...{ vpc_mode: 'secure_link', allowed_domains: [], allowed_ips: [] },
    });
    const lists = { allowed_domains: ['erp.intern.example'], allowed_ips: ['10.0.0.0/24'] };
    expect((await ask('PUT', whitelistOf(id), lists)).body).toEqual({ vpc_mode: 'secure_link', ...lists });
    const cleared = await ask('PUT', whitelistOf(id), { allowed_ips: [] });
    expect(cleared.body).toMatchObject({ allowed_domains: lists.allowed_domains, allowed_ips: [] });

    const read = await ask('GET', path);
    const by = {
      change_description: 'Whitelist of the secure proxy changed',
      changed_by: expect.stringMatching(/^api_/),
    };
    expect(read.body).toMatchObject({ type: 'secure_proxy', ...by });
    // What was read may be sent back; what is read-only may not be changed that way.
    const put = (configuration: object) => ask('PUT', path, { type: 'secure_proxy', configuration });
    expect((await put(Object(read.body['configuration']))).status).toBe(200);
    expect(
      (await ask('PUT', path, { type: 'secure_proxy', name: 'Renamed', configuration: {} })).status,
    ).toBe(200);
    for (const [configuration, field] of [
      [{ vpc_mode: 'static_ip' }, 'vpc_mode'],
      [{ allowed_ips: ['0.0.0.0/0'] }, 'allowed_ips'],
      [{ allowed_domains: [] }, 'allowed_domains'],
    ] as const) {
      expect((await put(configuration)).body['errors']).toMatchObject([
        { path: `body.configuration.${field}` },
      ]);
    }
    expect((await ask('GET', whitelistOf(id))).body['allowed_domains']).toEqual(lists.allowed_domains);
    const { body } = await ask('GET', `${whitelistOf(id)}/history?limit=2`);
    expect(body['history']).toMatchObject([
      { name: expect.stringMatching(/^Link/), configuration: { allowed_ips: [] } },
      { configuration: lists, ...by },
    ]);
    expect((await ask('GET', '/v1/integrations/secure-proxies')).body['secure_proxies']).toContainEqual({
      ...{ id, name: 'Renamed', slug: `link-${count}`, enabled: true, vpc_mode: 'secure_link' },
      ...{ allowed_domains: lists.allowed_domains, allowed_ips: [] },
      ...{ integration_id: integrationId, integration_name: 'ERP' },
    });
  });

  it('take only what can be meant', async () => {
    const create = (configuration: object) =>
      ask('POST', `/v1/integrations/${integrationId}/use-cases`, {
        ...{ name: 'x', slug: 'x', type: 'secure_proxy', enabled: true, configuration },
      });
    expect((await create({})).status).toBe(400);
    expect((await create({ vpc_mode: 'vpn' })).status).toBe(400);
    expect((await create({ vpc_mode: 'secure_link', ...INTERN })).status).toBe(400);
    const id = await proxy();
    for (const lists of [
      {},
      { allowed_ips: null },
      { allowed_ips: ['10.0.0.1'] },
      { allowed_ips: ['10.0.0.0/24:443'] },
      { allowed_ips: ['10.0.0.0/24,0.0.0.0/0'] },
      { allowed_ips: ['012.0.0.0/8'] },
      { allowed_domains: ['*'] },
      { allowed_domains: ['*.example'] },
      { allowed_domains: ['*.0.1'] },
      { allowed_domains: ['https://erp.example'] },
      { allowed_domains: ['erp.example:443'] },
      { allowed_domains: ['erp.*.example'] },
    ]) {
      expect((await ask('PUT', whitelistOf(id), lists)).status, JSON.stringify(lists)).toBe(400);
    }
  });

  it('belong to their organisation, and apps do not say where they lead', async () => {
    const id = await proxy(INTERN);
    const other = await server.organisation();
    const as = (who: string | undefined, method: string, path: string, body?: unknown) =>
      server.request(method, path, { token: who, ...(body === undefined ? {} : { body }) });
    expect((await as(other.token, 'GET', whitelistOf(id))).status).toBe(404);
    expect((await as(other.token, 'PUT', whitelistOf(id), INTERN)).status).toBe(404);
    expect((await as(other.token, 'GET', '/v1/integrations/secure-proxies')).body).toEqual({
      secure_proxies: [],
    });
    const request = {
      integration_id: integrationId,
      use_case_id: id,
      url: 'https://erp.example',
      method: 'GET',
    };
    expect((await as(other.token, 'POST', '/v1/secure-proxy', request)).body['code']).toBe(
      'SECURE_PROXY_NOT_FOUND',
    );
    expect((await as(undefined, 'POST', '/v1/secure-proxy', request)).status).toBe(401);
    const app = await ask('POST', '/v1/access-tokens', { name: 'app', token_type: 'app', expires_in: '1h' });
    expect((await as(String(app.body['token']), 'GET', whitelistOf(id))).status).toBe(403);
    const readonly = await ask('POST', '/v1/access-tokens', { name: 'r', read_only: true });
    expect((await as(String(readonly.body['token']), 'POST', '/v1/secure-proxy', request)).status).toBe(403);
    const fetched = await ask('POST', '/v1/integrations', { name: 'Other' });
    const there = `/v2/integrations/${String(fetched.body['id'])}/use-cases/${id}/secure-proxy-whitelist`;
    expect((await ask('GET', there)).status).toBe(404);
    expect(system.received).toEqual([]);
  });
});

describe('a request through a secure link', () => {
  it('reaches the system as it is, and brings back what that answers', async () => {
    const id = await proxy(INTERN);
    system.answer = () => ({ status: 418, headers: { 'x-mine': '1' }, body: '{"ok":true}' });
    const request = { method: 'POST', headers: { 'X-Key': 'k' }, body: { nr: 1 } };
    expect((await send(id, 'erp.intern.example', request)).body).toMatchObject({
      ...{ status_code: 418, headers: { 'x-mine': '1' }, body: { ok: true } },
    });
    expect(system.received).toMatchObject([
      {
        method: 'POST',
        path: '/a?b=1',
        body: '{"nr":1}',
        headers: { 'x-key': 'k', 'content-type': 'application/json' },
      },
    ]);
    system.answer = () => ({
      status: 302,
      headers: { location: 'http://elsewhere.example/' },
      body: 'moved',
    });
    const binary = await send(id, 'erp.intern.example', { response_type: 'binary' });
    expect(binary.body).toMatchObject({ status_code: 302, body: Buffer.from('moved').toString('base64') });
    const named = await send(id, 'erp.intern.example', {
      use_case_id: undefined,
      use_case_slug: `link-${count}`,
    });
    expect(named.body).toMatchObject({ status_code: 302, body: 'moved' });
  });

  it.each([
    ['a host that is not listed', INTERN, 'elsewhere.example', 'SECURE_PROXY_DOMAIN_NOT_ALLOWED'],
    ['the suffix itself', INTERN, 'intern.example', 'SECURE_PROXY_DOMAIN_NOT_ALLOWED'],
    ['a look-alike', INTERN, 'notintern.example', 'SECURE_PROXY_DOMAIN_NOT_ALLOWED'],
    ['the address behind a listed name', INTERN, '127.0.0.1', 'SECURE_PROXY_DOMAIN_NOT_ALLOWED'],
    ['anything while nothing is listed', {}, 'erp.intern.example', 'SECURE_PROXY_DOMAIN_NOT_ALLOWED'],
    [
      'addresses that are not listed',
      { ...INTERN, allowed_ips: ['127.0.0.8/29'] },
      'erp.intern.example',
      'SECURE_PROXY_IP_BLOCKED',
    ],
    ['a name with one good and one bad address', INTERN, 'two.intern.example', 'SECURE_PROXY_IP_BLOCKED'],
    ['IPv4 dressed up as IPv6', INTERN, 'mapped.intern.example', 'SECURE_PROXY_IP_BLOCKED'],
    [
      'networks that the operator has not opened',
      { ...INTERN, allowed_ips: ['0.0.0.0/0'] },
      'closed.intern.example',
      'SECURE_PROXY_IP_BLOCKED',
    ],
    [
      'metadata services, although the operator opened their network',
      { ...INTERN, allowed_ips: ['169.254.169.254/32', '0.0.0.0/0'] },
      'cloud.intern.example',
      'SECURE_PROXY_IP_BLOCKED',
    ],
  ])('does not reach %s', async (_what, lists, host, code) => {
    const answer = await send(await proxy(lists), host);
    expect(answer).toMatchObject({ status: 403, body: { code } });
    expect(JSON.stringify(answer.body)).not.toMatch(/169\.254|10\.9|127\.0\.0\.9/);
    expect(system.received).toEqual([]);
  });

  it('follows a name only to checked addresses, and not where it moves later', async () => {
    const id = await proxy(INTERN);
    expect((await send(id, 'erp.intern.example')).status).toBe(200);
    erpAddresses = ['10.9.9.9'];
    const later = await proxy({ ...INTERN, allowed_ips: ['127.0.0.1/32', '10.0.0.0/8'] });
    expect((await send(later, 'erp.intern.example')).body['code']).toBe('SECURE_PROXY_IP_BLOCKED');
    // A narrower list counts at once, whatever connections are open.
    expect((await ask('PUT', whitelistOf(id), { allowed_ips: ['10.0.0.0/8'] })).status).toBe(200);
    expect((await send(id, 'erp.intern.example')).body['code']).toBe('SECURE_PROXY_IP_BLOCKED');
    expect(system.received).toHaveLength(1);
  });

  it('cannot be bent by header fields or URLs', async () => {
    const id = await proxy(INTERN);
    for (const headers of [
      { 'x-a': 'a\r\nHost: elsewhere.example' },
      { 'x-a\r\nx-b': 'c' },
      { Host: 'elsewhere.example' },
      { 'Transfer-Encoding': 'chunked' },
      { Connection: 'x-a' },
      { 'X-A': '1', 'x-a': '2' },
    ]) {
      const answer = await send(id, 'erp.intern.example', { headers });
      expect(answer.body['errors'], JSON.stringify(headers)).toMatchObject([{ path: 'body.headers' }]);
    }
    for (const url of [
      'ftp://erp.intern.example/',
      'http://user:pass@erp.intern.example/',
      `http://elsewhere.example:${port}\\@erp.intern.example/`,
      'file:///etc/passwd',
    ]) {
      expect((await send(id, '', { url })).status, url).toBe(400);
    }
    expect(system.received).toEqual([]);
  });

  it('tells why there is no answer', async () => {
    const id = await proxy(INTERN);
    const url = (host: string, at: string | number) => ({ url: `http://${host}:${at}/` });
    const unknown = await send(id, '', url('unknown.intern.example', 80));
    expect(unknown).toMatchObject({
      status: 502,
      body: { message: 'Upstream network error', code: 'ENOTFOUND' },
    });
    const refused = await send(id, '', url('erp.intern.example', 9));
    expect(refused.body).toMatchObject({ code: 'ECONNREFUSED', reason: expect.any(String) });
    const tls = await send(id, '', { url: `https://erp.intern.example:${port}/` });
    expect(tls).toMatchObject({ status: 502, body: { message: 'Upstream network error' } });
    system.answer = () => ({ status: 200, body: 'x'.repeat(6 * 1024 * 1024) });
    expect(await send(id, 'erp.intern.example')).toMatchObject({
      ...{ status: 502, body: { message: 'Upstream error', code: 'RESPONSE_TOO_LARGE' } },
    });
  });

  it('is no way in for who was given none, in other modes, or disabled', async () => {
    const other = await server.organisation();
    const made = await server.request('POST', '/v2/integrations', {
      token: other.token,
      body: {
        name: 'ERP',
        use_cases: [
          {
            name: 'l',
            slug: 'l',
            type: 'secure_proxy',
            enabled: true,
            configuration: { vpc_mode: 'static_ip' },
          },
          { name: 'i', slug: 'i', type: 'inbound', enabled: true },
        ],
      },
    });
    const integration_id = String(made.body['id']);
    const through = (use_case_slug: string) =>
      server.request('POST', '/v1/secure-proxy', {
        token: other.token,
        body: { integration_id, use_case_slug, url: `http://erp.intern.example:${port}/`, method: 'GET' },
      });
    expect((await through('l')).body).toMatchObject({ status: 403, code: 'SECURE_PROXY_IP_BLOCKED' });
    expect((await through('i')).body).toMatchObject({ code: 'SECURE_PROXY_INVALID_TYPE' });
    const id = await proxy(INTERN);
    const path = `/v1/integrations/${integrationId}/use-cases/${id}`;
    await ask('PUT', path, { type: 'secure_proxy', enabled: false });
    expect((await send(id, 'erp.intern.example')).body).toMatchObject({ code: 'SECURE_PROXY_DISABLED' });
    expect((await send(id, 'erp.intern.example', { use_case_slug: 'x' })).status).toBe(400);
    expect(system.received).toEqual([]);
  });
});
