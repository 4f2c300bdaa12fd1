import { beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../testing/test-server.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await testServer();
  token = (await server.organisation()).token;
});

describe('the server', () => {
  it('is alive and ready, and counts', async () => {
    expect((await server.request('GET', '/health')).body).toEqual({ status: 'ok' });
    expect((await server.request('GET', '/ready')).body).toEqual({ status: 'ready' });
    expect(String((await server.request('GET', '/metrics')).body)).toContain(
      'busbar_http_request_duration_seconds',
    );
  });

  it('answers every error in one shape, with the request id in body and header', async () => {
    const answer = await server.request('GET', '/v1/environments');
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ status: 401, code: 'UNAUTHORIZED', message: expect.any(String) });
    expect(answer.body['request_id']).toBe(answer.headers['x-request-id']);
  });

  it('tells browsers to neither run, frame nor keep an answer, whatever it is', async () => {
    for (const path of ['/health', '/nowhere', '/v1/environments']) {
      expect((await server.request('GET', path)).headers).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    }
  });

  it('knows 404 from 405, 406 and 415', async () => {
    expect((await server.request('GET', '/nowhere')).status).toBe(404);
    const wrongMethod = await server.request('PATCH', '/v1/environments', { token });
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers['allow']).toBe('GET, POST');
    const wrongAnswer = await server.request('GET', '/v1/environments', {
      token,
      headers: { accept: 'application/xml' },
    });
    expect(wrongAnswer.status).toBe(406);
    const wrongBody = await server.request('POST', '/v1/environments', {
      token,
      body: 'key=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(wrongBody.status).toBe(415);
  });

  it('takes a POST without a body, whatever type it announces', async () => {
    const answer = await server.request('POST', '/v2/portal/validate/caa-records?origin=NOBODY', {
      token,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' },
    });
    expect(answer.status).toBe(404);
  });

  it.each([
    ['not JSON', '{"key":', 'MALFORMED_JSON'],
    ['a NUL', '{"key":"a\\u0000","type":"String"}', 'INVALID_REQUEST'],
    ['half a surrogate pair', '{"key":"\\ud800","type":"String"}', 'INVALID_REQUEST'],
    ['a forbidden member', '{"__proto__":{"key":"x"},"type":"String"}', 'INVALID_REQUEST'],
    ['bottomless nesting', `{"key":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'INVALID_REQUEST'],
  ])('refuses a body with %s', async (_, body, code) => {
    const answer = await server.request('POST', '/v1/environments', { token, body });
    expect([answer.status, answer.body['code']]).toEqual([400, code]);
  });

  it('refuses a body that is too large', async () => {
    const body = JSON.stringify({ key: 'k', type: 'String', value: 'x'.repeat(3 * 1024 * 1024) });
    expect((await server.request('POST', '/v1/environments', { token, body })).status).toBe(413);
  });

  it('names every offending field', async () => {
    const body = { integration_id: 'x', events: [{ timestamp: 'yesterday', format: 'csv', payload: '{}' }] };
    const answer = await server.request('POST', '/v3/erp/updates/events', { token, body });
    expect([answer.status, answer.body['code']]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.body['errors']).toEqual(
      expect.arrayContaining(
        ['body.events[0].timestamp', 'body.events[0].format'].map((path) =>
          expect.objectContaining({ path }),
        ),
      ),
    );
  });

  it('says 501 for an operation without a handler, to anybody', async () => {
    const open = server.busbar.operations.find(
      (one) => !server.busbar.handlers.has(`${one.api} ${one.operationId}`) && one.method === 'GET',
    );
    if (!open) return;
    const answer = await server.request('GET', open.path.replaceAll(/\{[^}]+\}/g, 'x'));
    expect([answer.status, answer.body['code']]).toEqual([501, 'NOT_IMPLEMENTED']);
  });
});
