import { beforeAll, expect, it } from 'vitest';
import { type TestServer, testServer } from '../../testing/test-server.ts';

const PAGE = 'https://kundenwelt.example';

let server: TestServer;
let download: string;
beforeAll(async () => {
  server = await testServer();
  const { org, token } = await server.organisation();
  const configuration = {
    allowed_origins: [PAGE],
    steps: [{ url: 'https://archive.example/{{params.id}}', method: 'GET', response_type: 'binary' }],
    response: { body: 'steps[0].body', encoding: 'binary' },
  };
  const use_cases = [{ name: 'Doc', slug: 'doc', type: 'file_proxy', enabled: true, configuration }];
  const created = await server.request('POST', '/v2/integrations', {
    token,
    body: { name: 'ERP', use_cases },
  });
  const integrationId = String(created.body['id']);
  download = `/download?${new URLSearchParams({ orgId: org, integrationId, useCaseSlug: 'doc', id: '1' })}`;
});

/** The origin that the server lets read its answer. */
async function allowed(method: string, path: string, origin: string): Promise<unknown> {
  const headers = { origin, 'access-control-request-method': 'GET' };
  return (await server.request(method, path, { headers })).headers['access-control-allow-origin'];
}

it('lets pages of the origins that the use case names read its downloads, and only those', async () => {
  expect(await allowed('GET', download, PAGE)).toBe(PAGE);
  expect(await allowed('OPTIONS', download, PAGE)).toBe(PAGE);
  expect(await allowed('GET', download, 'https://other.example')).toBeUndefined();
  expect(await allowed('GET', download, `${PAGE}.evil.example`)).toBeUndefined();
  expect(
    await allowed('GET', download.replace('useCaseSlug=doc', 'useCaseSlug=other'), PAGE),
  ).toBeUndefined();
  expect(await allowed('GET', '/v1/integrations', PAGE)).toBeUndefined();
});
