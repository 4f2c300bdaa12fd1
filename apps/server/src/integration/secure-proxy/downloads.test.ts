import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FileProxyFixture, fileProxyFixture } from '../testing/file-proxy-fixture.ts';
import { openStandIn, type StandIn } from '../testing/stand-in.ts';

let proxy: FileProxyFixture;
let archive: StandIn;
beforeEach(async () => {
  proxy = await fileProxyFixture();
  archive = await openStandIn();
});
afterEach(async () => {
  await proxy.close();
  await archive.close();
});

/** An integration whose downloads, tokens included, go through its secure link; lists as its whitelist has them. */
async function linked(allowed_domains: readonly string[], allowed_ips = ['127.0.0.1/32']): Promise<string> {
  const id = await proxy.useCase({
    secure_proxy: { use_case_slug: 'link' },
    auth: {
      ...{ type: 'oauth2_client_credentials', token_url: `${archive.url}/token` },
      ...{ client_id: 'a', client_secret: 'b' },
    },
    steps: [
      {
        url: `http://{{params.host}}:${new URL(archive.url).port}/doc`,
        method: 'GET',
        response_type: 'binary',
      },
    ],
    response: { body: 'steps[0].body', encoding: 'binary' },
  });
  const ask = async (method: string, path: string, body: object) => {
    const answer = await proxy.server.request(method, path, { token: proxy.token, body });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return String(answer.body['id']);
  };
  const configuration = { vpc_mode: 'secure_link' };
  const link = await ask('POST', `/v1/integrations/${id}/use-cases`, {
    ...{ name: 'Link', slug: 'link', type: 'secure_proxy', enabled: true, configuration },
  });
  const lists = { allowed_domains, allowed_ips };
  await ask('PUT', `/v2/integrations/${id}/use-cases/${link}/secure-proxy-whitelist`, lists);
  return id;
}

const paths = () => archive.received.map(({ path }) => path);

it('downloads of a file proxy go through its secure proxy', async () => {
  archive.answer = ({ path }) => ({
    ...{ status: 200, headers: { 'content-type': 'application/json' } },
    body: path === '/token' ? '{"access_token":"t","expires_in":300}' : 'the file',
  });
  const id = await linked(['127.0.0.1']);
  const answer = await proxy.download(id, { host: '127.0.0.1' });
  expect([answer.status, answer.bytes.toString()]).toEqual([200, 'the file']);
  expect(paths()).toEqual(['/token', '/doc']);
  // A parameter leads nowhere else, although the server itself may call this address.
  const away = await proxy.download(id, { host: '127.0.0.2' });
  expect(away).toMatchObject({ status: 502, code: 'SECURE_PROXY_DOMAIN_NOT_ALLOWED' });
});

it('and neither do their tokens nor their redirects lead around it', async () => {
  const closed = await linked(['archive.example']);
  expect(await proxy.download(closed, { host: '127.0.0.1' })).toMatchObject({
    ...{ status: 502, code: 'SECURE_PROXY_DOMAIN_NOT_ALLOWED' },
  });
  expect(paths()).toEqual([]);
  archive.answer = ({ path }) =>
    path === '/token'
      ? { status: 200, body: '{"access_token":"t"}' }
      : { status: 302, headers: { location: archive.url.replace('127.0.0.1', 'localhost') } };
  const redirected = await linked(['127.0.0.1']);
  expect(await proxy.download(redirected, { host: '127.0.0.1' })).toMatchObject({
    ...{ status: 502, code: 'SECURE_PROXY_DOMAIN_NOT_ALLOWED' },
  });
  expect(paths()).toEqual(['/token', '/doc']);
});

it('and none are made while it is not there', async () => {
  const id = await proxy.useCase({
    secure_proxy: { use_case_slug: 'gone' },
    steps: [{ url: archive.url, method: 'GET', response_type: 'binary' }],
    response: { body: 'steps[0].body', encoding: 'binary' },
  });
  expect(await proxy.download(id)).toMatchObject({ status: 500, code: 'SECURE_PROXY_NOT_FOUND' });
  expect(archive.received).toEqual([]);
});
