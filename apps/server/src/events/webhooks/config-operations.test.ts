import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventServer, eventServer } from '../../testing/event-server.ts';

let server: EventServer;
beforeAll(async () => {
  server = await eventServer();
});
afterAll(() => server.close());

describe('a configuration', () => {
  it.each([
    ['body.url', { url: 'http://10.0.0.1/erp' }],
    ['body.url', { url: 'ftp://example.org' }],
    [
      'body.payloadConfiguration.custom_headers.Authorization',
      { payloadConfiguration: { custom_headers: { Authorization: 'x' } } },
    ],
    [
      'body.payloadConfiguration.custom_headers.X-Amz-Date',
      { payloadConfiguration: { custom_headers: { 'X-Amz-Date': 'x' } } },
    ],
    [
      'body.payloadConfiguration.custom_headers.x-epilot-org-id',
      { payloadConfiguration: { custom_headers: { 'x-epilot-org-id': 'x' } } },
    ],
    ['body.jsonataExpression', { jsonataExpression: '((' }],
    ['body.auth.basicAuthConfig', { auth: { authType: 'BASIC' } }],
  ])('is refused for its %s', async (path, settings) => {
    const body = { name: 'n', eventName: 'FileCreated', url: 'http://127.0.0.1:4810', ...settings };
    const answer = await server.ask('POST', '/v1/webhooks/configs', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('shows its signing secret once, and keeps it', async () => {
    const created = await server.ask('POST', '/v1/webhooks/configs', {
      name: 'ERP',
      eventName: 'FileCreated',
      url: 'http://127.0.0.1:4810',
    });
    const id = String(created.body['id']);
    const secret = String(created.body['signingSecret']);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const update = await server.ask('PUT', `/v1/webhooks/configs/${id}`, {
      name: 'new',
      eventName: 'FileCreated',
      enabled: false,
    });
    expect(update).toMatchObject({
      status: 200,
      body: { id, name: 'new', enabled: false, status: 'incomplete', retryPolicy: { maxAttempts: 3 } },
    });
    expect(JSON.stringify([update, await server.ask('GET', '/v1/webhooks/configs')])).not.toContain(secret);
    expect((await server.ask('DELETE', `/v1/webhooks/configs/${id}`)).status).toBe(204);
    expect((await server.ask('DELETE', `/v1/webhooks/configs/${id}`)).status).toBe(404);
    expect(
      (await server.ask('PUT', `/v1/webhooks/configs/${id}`, { name: 'x', eventName: 'y' })).status,
    ).toBe(404);
  });
});
