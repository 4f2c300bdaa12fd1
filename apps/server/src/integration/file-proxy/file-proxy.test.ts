import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandInErp } from '../../demo/stand-in-erp.ts';
import { type FileProxyFixture, fileProxyFixture } from '../testing/file-proxy-fixture.ts';
import { demoFile, listOf } from '../testing/outbound-fixture.ts';
import { openStandIn, type ReceivedRequest, type StandIn, type StandInAnswer } from '../testing/stand-in.ts';

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

const json = (value: unknown, status = 200): StandInAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const paths = () => archive.received.map(({ path }) => path);

/** One JSON step that answers the file as base64. */
function jsonFile(more: object = {}, step: object = {}): object {
  return {
    steps: [{ url: `${archive.url}/doc/{{params.id}}`, method: 'GET', response_type: 'json', ...step }],
    response: { body: 'steps[0].body.content', encoding: 'base64' },
    ...more,
  };
}

const auth = (more: object = {}) => ({
  type: 'oauth2_client_credentials',
  token_url: `${archive.url}/token`,
  client_id: 'portal',
  client_secret: 'hunter22',
  ...more,
});

/** Answers token requests with a new token each, everything else by `answer`. */
function withTokens(
  answer: (request: ReceivedRequest) => StandInAnswer,
  token: object = { expires_in: 300 },
): void {
  let count = 0;
  archive.answer = (request) => {
    if (!request.path.startsWith('/token')) return answer(request);
    count += 1;
    return json({ access_token: `t${count}`, ...token });
  };
}

describe('the demo utility', () => {
  it('hands out every document of its archive', async () => {
    const erp = await startStandInErp(0);
    const [setup, integration, stored] = await Promise.all(
      ['setup.json', 'integration.json', 'archive.json'].map(demoFile),
    );
    for (const { key, type, value } of listOf(setup?.['environment'])) {
      const text = String(value).replace('http://127.0.0.1:4810', erp.url);
      await proxy.variable(String(key), text, String(type));
    }
    const useCase = listOf(integration?.['use_cases']).find((one) => String(one['type']) === 'file_proxy');
    const id = await proxy.useCase({ ...useCase?.['configuration'] });
    const documents = Object.entries({ ...stored?.['documents'] });
    expect(documents.length).toBeGreaterThan(20);
    for (const [documentId, document] of documents) {
      const answer = await proxy.download(id, { documentId });
      expect(answer.status, answer.bytes.toString()).toBe(200);
      expect(answer.bytes.toString('base64')).toBe(document['content']);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(String(document['fileName']))}`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
        'content-length': String(answer.bytes.length),
      });
    }
    expect(await proxy.download(id, { documentId: 'ARC-0' })).toMatchObject({
      status: 502,
      code: 'FILE_FETCH_FAILED',
    });
    await erp.close();
  });
});

describe('a download link', () => {
  it('counts only signed, unchanged and in time, before anything is looked up', async () => {
    archive.answer = () => json({ content: base64('x') });
    const id = await proxy.useCase(jsonFile());
    const link = proxy.sign({ orgId: proxy.org, integrationId: id, useCaseSlug: 'doc', id: '1' });
    const forbidden = { status: 403, code: 'SIGNATURE_VERIFICATION_FAILED' };
    const before = proxy.server.clock.now();
    const unsigned = `/download?orgId=${proxy.org}&integrationId=nothing&useCaseSlug=doc`;
    expect(await proxy.get(unsigned)).toMatchObject(forbidden);
    expect(await proxy.get(link.replace('id=1', 'id=2'))).toMatchObject(forbidden);
    proxy.server.clock.advance(15 * 60_000);
    expect(await proxy.get(link)).toMatchObject(forbidden);
    proxy.server.clock.set(before);
    expect(archive.received).toEqual([]);
    expect((await proxy.get(link)).status).toBe(200);
    expect(paths()).toEqual(['/doc/1']);
  });

  it('needs organisation, integration and exactly one name of the use case, and required parameters', async () => {
    const id = await proxy.useCase(jsonFile({ params: [{ name: 'id', required: true }] }));
    const missing = { status: 400, code: 'MISSING_REQUIRED_PARAM' };
    expect(await proxy.download('')).toMatchObject(missing);
    expect(await proxy.download(id, { useCaseSlug: undefined })).toMatchObject(missing);
    expect(await proxy.download(id, { useCaseId: id })).toMatchObject(missing);
    expect(await proxy.download(id)).toMatchObject(missing);
    expect(archive.received).toEqual([]);
  });

  it('is 404 for what is not there, not a file proxy, or disabled', async () => {
    const other = await fileProxyFixture();
    const foreign = await other.useCase(jsonFile());
    const disabled = await proxy.useCase(jsonFile(), { enabled: false });
    const inbound = await proxy.useCase({ entities: [] }, { type: 'inbound' });
    const unknown = { status: 404, code: 'USE_CASE_NOT_FOUND' };
    expect(await proxy.download(foreign)).toMatchObject(unknown);
    expect(await proxy.download('no-uuid')).toMatchObject(unknown);
    expect(await proxy.download(inbound)).toMatchObject(unknown);
    expect(await proxy.download(disabled)).toMatchObject({ status: 404, code: 'USE_CASE_DISABLED' });
    await other.close();
  });

  it('may be opened by a token instead of a signature, where a file the caller may read has this very link', async () => {
    archive.answer = () => json({ content: base64('x') });
    const id = await proxy.useCase(jsonFile());
    const { server, token } = proxy;
    const link = (document: string) =>
      `/download?orgId=${proxy.org}&integrationId=${id}&useCaseSlug=doc&id=${document}`;
    for (const [document, custom_download_url_auth] of [
      ['1', 'token'],
      ['2', 'presigned'],
    ]) {
      const custom_download_url = `http://busbar.test${link(String(document))}`;
      const body = { filename: 'a.pdf', type: 'document', custom_download_url, custom_download_url_auth };
      const created = await server.request('POST', '/v1/entity/file', { token, body });
      expect(created.status, JSON.stringify(created.body)).toBe(201);
    }
    const open = async (path: string, bearer: string) =>
      (await server.request('GET', path, { token: bearer })).status;
    expect(await open(link('1'), token)).toBe(200);
    expect(await open(link('2'), token)).toBe(403);
    expect(await open(`${link('1')}0`, token)).toBe(403);
    expect(await open(link('1'), 'nonsense')).toBe(401);
    expect(await open(link('1'), (await server.organisation()).token)).toBe(403);
    expect(
      (await server.request('GET', proxy.sign({ orgId: proxy.org, integrationId: id, useCaseSlug: 'doc' })))
        .status,
    ).toBe(200);
  });
});

describe('templates', () => {
  it('encode parameters in URLs, insert links of earlier steps as they are, and take secrets last', async () => {
    await proxy.variable('key', 's3cr&t', 'SecretString');
    archive.answer = ({ path }) =>
      path.startsWith('/find')
        ? json({ link: `${archive.url}/file?a=1&b=2` })
        : json({ content: base64('x') });
    const id = await proxy.useCase({
      steps: [
        { url: `${archive.url}/find/{{params.id}}?q={{params.q}}`, method: 'GET', response_type: 'json' },
        {
          url: '{{steps.0.body.link}}',
          method: 'POST',
          response_type: 'json',
          headers: { 'X-Key': '\\{{env.key}}', 'Content-Type': 'application/json' },
          body: '{"id":"{{params.id}}"}',
        },
      ],
      response: { body: 'steps[1].body.content', encoding: 'base64' },
    });
    expect((await proxy.download(id, { id: '../x?y', q: '{{env.key}}' })).status).toBe(200);
    expect(paths()).toEqual(['/find/..%2Fx%3Fy?q=%7B%7Benv.key%7D%7D', '/file?a=1&b=2']);
    expect(archive.received[1]).toMatchObject({ method: 'POST', body: '{"id":"../x?y"}' });
    expect(archive.received[1]?.headers['x-key']).toBe('s3cr&t');
  });

  it.each(['.', '..'])('never lead out of a folder of the archive with %s', async (value) => {
    const id = await proxy.useCase(jsonFile());
    expect(await proxy.download(id, { id: value })).toMatchObject({ status: 502, code: 'FILE_FETCH_FAILED' });
    expect(archive.received).toEqual([]);
  });

  it('send nothing while an environment variable is missing', async () => {
    const id = await proxy.useCase(jsonFile({}, { headers: { key: '{{env.nowhere}}' } }));
    expect(await proxy.download(id, { id: '1' })).toMatchObject({
      status: 500,
      code: 'USE_CASE_MISSING_CONFIG',
    });
    expect(archive.received).toEqual([]);
  });

  it('never let a parameter ask for a secret through the name of the file', async () => {
    await proxy.variable('prefix', 'Musterstadt');
    await proxy.variable('key', 'hunter22', 'SecretString');
    archive.answer = () => json({ content: base64('x') });
    const response = {
      body: 'steps[0].body.content',
      encoding: 'base64',
      filename: "'{{ env.prefix }} ' & params.name",
    };
    const id = await proxy.useCase(jsonFile({ response }));
    const { headers } = await proxy.download(id, { id: '1', name: '{{env.key}}' });
    const name = decodeURIComponent(String(headers['content-disposition']));
    expect(name).toContain('Musterstadt');
    expect(name).not.toContain('hunter22');
  });

  it('cannot put line breaks into header fields', async () => {
    const id = await proxy.useCase(jsonFile({}, { headers: { 'X-Name': '{{params.name}}' } }));
    const answer = await proxy.download(id, { id: '1', name: 'a\r\nX-Admin: 1' });
    expect(answer).toMatchObject({ status: 502, code: 'FILE_FETCH_FAILED' });
    expect(archive.received).toEqual([]);
  });
});

describe('the token of an archive', () => {
  const forms = () =>
    archive.received
      .filter(({ path }) => path.startsWith('/token'))
      .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

  it('is asked for with client credentials, sent with every step, and kept until shortly before its end', async () => {
    withTokens(() => json({ content: base64('x') }));
    const id = await proxy.useCase(
      jsonFile({
        auth: auth({
          scope: 'read',
          audience: 'a',
          resource: 'r',
          body_params: { extra: '1' },
          query_params: { tenant: '{{params.id}}' },
          headers: { 'X-H': 'h' },
        }),
      }),
    );
    const before = proxy.server.clock.now();
    await proxy.download(id, { id: '1' });
    await proxy.download(id, { id: '1' });
    expect(forms()).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'portal',
        client_secret: 'hunter22',
        scope: 'read',
        audience: 'a',
        resource: 'r',
        extra: '1',
      },
    ]);
    expect(archive.received[0]).toMatchObject({
      method: 'POST',
      path: '/token?tenant=1',
      headers: { 'x-h': 'h' },
    });
    expect(archive.received[2]?.headers.authorization).toBe('Bearer t1');
    proxy.server.clock.advance(271_000);
    await proxy.download(id, { id: '1' });
    expect(forms()).toHaveLength(2);
    proxy.server.clock.set(before);
  });

  it('is asked for with a password, and not kept without a life', async () => {
    withTokens(() => json({ content: base64('x') }), {});
    const password = auth({ type: 'oauth2_password', username: 'u', password: 'p' });
    const id = await proxy.useCase(jsonFile({ auth: password }));
    await proxy.download(id, { id: '1' });
    await proxy.download(id, { id: '1' });
    expect(forms()).toMatchObject([{ grant_type: 'password', username: 'u', password: 'p' }, {}]);
  });

  it('is renewed once when the archive refuses it', async () => {
    withTokens(({ headers }) =>
      headers.authorization === 'Bearer t2' ? json({ content: base64('x') }) : json({}, 401),
    );
    const id = await proxy.useCase(jsonFile({ auth: auth() }));
    expect((await proxy.download(id, { id: '1' })).status).toBe(200);
    withTokens(() => json({}, 401));
    archive.received.length = 0;
    expect(await proxy.download(id, { id: '1' })).toMatchObject({ status: 502, code: 'FILE_FETCH_FAILED' });
    expect(archive.received.filter(({ path }) => path.startsWith('/doc'))).toHaveLength(2);
  });

  it('is not sent with a step that has its own credentials', async () => {
    withTokens(() => json({ content: base64('x') }));
    const id = await proxy.useCase(jsonFile({ auth: auth() }, { headers: { Authorization: 'Basic abc' } }));
    await proxy.download(id, { id: '1' });
    expect(archive.received.map(({ headers }) => headers.authorization)).toEqual(['Basic abc']);
  });

  it.each([
    ['refuses', json({ error: 'invalid_client' }, 401)],
    ['answers no token', json({})],
    ['answers no JSON', { status: 200, body: 'welcome' }],
    ['drops the connection', 'drop' as const],
  ])('fails when the endpoint %s', async (_, answer) => {
    archive.answer = () => answer;
    const id = await proxy.useCase(jsonFile({ auth: auth() }));
    expect(await proxy.download(id, { id: '1' })).toMatchObject({
      status: 502,
      code: 'OAUTH2_TOKEN_FAILURE',
    });
    expect(paths()).toEqual(['/token']);
  });
});

describe('a file', () => {
  const binary = (response: object = {}) => ({
    steps: [{ url: `${archive.url}/bin`, method: 'GET', response_type: 'binary' }],
    response: { body: 'steps[0].body', encoding: 'binary', ...response },
  });

  it('is passed on as it comes, whatever its size', async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    archive.answer = () => ({
      status: 200,
      headers: { 'content-length': String(bytes.length), 'x-name': 'Plan.bin' },
      body: bytes,
    });
    const id = await proxy.useCase(binary({ filename: 'steps[0].headers.`x-name`' }));
    const answer = await proxy.download(id);
    expect([answer.status, answer.bytes.equals(bytes)]).toEqual([200, true]);
    expect(answer.headers).toMatchObject({
      'content-length': String(bytes.length),
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''Plan.bin",
    });
  });

  it('can be looked into before it is passed on', async () => {
    archive.answer = () => ({ status: 200, body: Buffer.from([0, 255, 1]) });
    const id = await proxy.useCase(
      binary({ content_type: "$length(steps[0].body) = 4 ? 'image/png' : 'text/plain'" }),
    );
    const answer = await proxy.download(id);
    expect([answer.headers['content-type'], [...answer.bytes]]).toEqual(['image/png', [0, 255, 1]]);
  });

  it('of several megabytes comes out of JSON, too', async () => {
    const bytes = randomBytes(8 * 1024 * 1024);
    archive.answer = () => json({ content: bytes.toString('base64') });
    const answer = await proxy.download(await proxy.useCase(jsonFile()), { id: '1' });
    expect([answer.status, answer.bytes.equals(bytes)]).toEqual([200, true]);
  });

  it('has a harmless name and type', async () => {
    archive.answer = () =>
      json({ content: base64('x'), name: '../..\\a\r\n"b"\u0000.pdf', type: 'text/html\r\nx: y' });
    const response = {
      body: 'steps[0].body.content',
      encoding: 'base64',
      filename: 'steps[0].body.name',
      content_type: 'steps[0].body.type',
    };
    const { headers } = await proxy.download(await proxy.useCase(jsonFile({ response })), { id: '1' });
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''....a%22b%22.pdf`,
    });
  });

  it.each([
    ['is not there', {}],
    ['is no text', { content: 7 }],
    ['is no base64', { content: '<html>*</html>' }],
  ])('that %s is a failure', async (_, body) => {
    archive.answer = () => json(body);
    const answer = await proxy.download(await proxy.useCase(jsonFile()), { id: '1' });
    expect(answer).toMatchObject({ status: 502, code: 'FILE_EXTRACTION_FAILED' });
  });

  it('beyond 100 MiB is refused before it is read', async () => {
    archive.answer = () => ({
      status: 200,
      headers: { 'content-length': String(101 * 1024 * 1024) },
      body: 'x',
    });
    expect(await proxy.download(await proxy.useCase(binary()))).toMatchObject({
      status: 502,
      code: 'FILE_TOO_LARGE',
    });
  });
});

describe('an archive', () => {
  it.each([
    ['answers an error', json({ secret: 'internal' }, 500), 'FILE_FETCH_FAILED'],
    ['answers no JSON', { status: 200, body: 'internal' }, 'FILE_FETCH_FAILED'],
    ['drops the connection', 'drop' as const, 'FILE_FETCH_FAILED'],
    [
      'sends to a refused address',
      { status: 302, headers: { location: 'http://10.0.0.1/' } },
      'SECURE_PROXY_IP_BLOCKED',
    ],
    ['sends on and on', { status: 302, headers: { location: '/doc/1' } }, 'FILE_FETCH_FAILED'],
  ])('that %s is a 502 that says nothing of it', async (_, answer, code) => {
    archive.answer = () => answer;
    const failed = await proxy.download(await proxy.useCase(jsonFile()), { id: '1' });
    expect(failed).toMatchObject({ status: 502, code });
    expect(failed.bytes.toString()).not.toContain('internal');
  });

  it('that sends elsewhere gets no credentials there', async () => {
    const elsewhere = await openStandIn();
    elsewhere.answer = () => json({ content: base64('x') });
    withTokens(() => ({ status: 302, headers: { location: `${elsewhere.url}/file` } }));
    const id = await proxy.useCase(jsonFile({ auth: auth() }));
    expect((await proxy.download(id, { id: '1' })).status).toBe(200);
    expect(elsewhere.received[0]?.headers.authorization).toBeUndefined();
    await elsewhere.close();
  });

  it('that does not answer is a 504', async () => {
    const hasty = await fileProxyFixture({ totalMs: 300 });
    archive.answer = () => 'hang';
    const answer = await hasty.download(await hasty.useCase(jsonFile()), { id: '1' });
    expect(answer).toMatchObject({ status: 504, code: 'TIMEOUT' });
    await hasty.close();
  });
});
