import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { json, sql } from '../../storage/index.ts';
import { type AnyJson, type EventServer, eventServer } from '../../testing/event-server.ts';
import { type DeliveryPlanner, emitEvent, queryDeliveries } from '../index.ts';
import { openReceiver, type Receiver, signatureProblems } from '../testing/receiver.ts';

let server: EventServer;
let receiver: Receiver;
const plans: DeliveryPlanner['plan'][] = [];

beforeAll(async () => {
  server = await eventServer([
    {
      name: 'mapping',
      concerned: async () => [],
      plan: (event, tenant) => plans[0]?.(event, tenant) ?? Promise.resolve({ deliveries: [], webhooks: [] }),
    },
  ]);
});
afterAll(() => server.close());
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(async () => {
  plans.length = 0;
  for (const config of asList((await server.ask('GET', '/v1/webhooks/configs')).body))
    await server.ask('DELETE', `/v1/webhooks/configs/${config['id']}`);
  await receiver.close();
});

function asList(value: AnyJson): AnyJson[] {
  return Array.isArray(value) ? value : [];
}

async function webhook(settings: Record<string, unknown> = {}) {
  const answer = await server.ask('POST', '/v1/webhooks/configs', {
    name: 'ERP',
    eventName: 'event_MeterReadingAdded',
    url: `${receiver.url}/erp`,
    httpMethod: 'POST',
    enabled: true,
    ...settings,
  });
  expect(answer).toMatchObject({ status: 201 });
  return { id: String(answer.body['id']), secret: String(answer.body['signingSecret']), body: answer.body };
}

function emit(payload: Record<string, unknown> = {}, name = 'MeterReadingAdded') {
  return server.tenant.transaction((tx) => emitEvent(tx, { name, payload }, server.clock.now()));
}

async function deliveries(id: string) {
  return (await queryDeliveries(server.tenant, { webhookId: id }, 100)).deliveries;
}

const seconds = (count: number) => server.clock.advance(count * 1000);

describe('a delivery', () => {
  it('arrives once, signed with both keys, with the event as its body', async () => {
    const { id, secret } = await webhook();
    const event = await emit({ meter: { meter_number: 'Zähler 1' } });
    await server.workers.drain();
    await server.workers.drain();

    expect(receiver.received).toHaveLength(1);
    const [request] = receiver.received;
    if (!request) throw new Error('nothing arrived');
    expect(request).toMatchObject({ method: 'POST', path: '/erp' });
    expect(request.headers['content-type']).toBe('application/json');
    expect(JSON.parse(request.body)).toEqual(event?.body);
    const key = await server.ask('GET', `/v1/webhooks/.well-known/public-key?orgId=${server.org}`);
    const publicKey = String(key.body['public_key']);
    expect(signatureProblems(request, { secret, publicKey, now: server.clock.now() })).toEqual([]);
    expect(
      signatureProblems(
        { ...request, body: `${request.body} ` },
        { secret, publicKey, now: server.clock.now() },
      ),
    ).toHaveLength(2);

    const [delivery] = await deliveries(id);
    expect(delivery).toMatchObject({
      status: 'succeeded',
      attempts: 1,
      eventId: event?.id,
      eventName: 'MeterReadingAdded',
      httpResponse: { status_code: 200 },
      payload: request.body,
    });
    expect(request.headers['webhook-id']).toBe(`msg_${delivery?.id}`);
  });

  it('does not arise from a disabled event or a transaction that fails', async () => {
    await webhook();
    await server.ask('PATCH', '/v1/events/MeterReadingAdded', { enabled: false });
    expect(await emit()).toBeUndefined();
    await server.ask('PATCH', '/v1/events/MeterReadingAdded', { enabled: true });
    const failed = server.tenant.transaction(async (tx) => {
      await emitEvent(tx, { name: 'MeterReadingAdded', payload: {} }, server.clock.now());
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await server.workers.drain();
    expect(receiver.received).toEqual([]);
  });

  it('goes only to enabled webhooks of its event whose conditions it meets', async () => {
    await webhook({ url: `${receiver.url}/other`, eventName: 'PaymentMethodUpdated' });
    await webhook({ url: `${receiver.url}/off`, enabled: false });
    await webhook({
      url: `${receiver.url}/unmet`,
      filterConditions: { conditions: [{ field: 'source', operation: 'equals', values: ['360'] }] },
    });
    await webhook({
      url: `${receiver.url}/met`,
      filterConditions: { conditions: [{ jsonata_expression: '$count(meter_readings) > 1' }] },
      jsonataExpression: '{ "n": $count(meter_readings) }',
    });
    await webhook({ url: `${receiver.url}/nothing`, jsonataExpression: 'missing' });
    await emit({ source: 'portal', meter_readings: [1, 2] });
    await server.workers.drain();
    expect(receiver.received.map(({ path, body }) => [path, body])).toEqual([['/met', '{"n":2}']]);
  });

  it('of a planner replaces the own subscription of its webhook, and is not made twice when the event is dispatched again', async () => {
    const { id } = await webhook();
    plans[0] = async (event) => ({
      webhooks: [id],
      deliveries: [
        {
          target: 'm1',
          webhookId: id,
          content: { kind: 'body', body: { ack: event.body['_ack_id'] } },
          metadata: { use_case_id: 'u1' },
        },
        {
          target: 'm2',
          webhookId: id,
          content: { kind: 'failure', code: 'MAPPING_EXPRESSION_FAILED', message: 'bad' },
        },
        { target: 'm3', webhookId: 'unknown', content: { kind: 'body', body: {} } },
      ],
    });
    const event = await emit();
    await server.workers.drain();
    await server.tenant.run(sql`
      insert into job (org_id, queue, lane, payload, run_at, created_at)
      values (${server.org}, 'event-dispatch', 'dispatch', ${json({ eventId: event?.id })}::jsonb, ${server.clock.now()}, ${server.clock.now()})`);
    await server.workers.drain();
    expect(receiver.received.map(({ body }) => JSON.parse(body))).toEqual([{ ack: event?.body['_ack_id'] }]);
    expect((await deliveries(id)).map(({ status, httpResponse }) => [status, httpResponse?.code])).toEqual(
      expect.arrayContaining([
        ['succeeded', undefined],
        ['failed', 'MAPPING_EXPRESSION_FAILED'],
      ]),
    );
    expect(await deliveries(id)).toHaveLength(2);
  });

  it('starts in the order of the events', async () => {
    await webhook({ jsonataExpression: 'n' });
    for (let n = 0; n < 40; n += 1) await emit({ n });
    await server.workers.drain();
    const order = receiver.received.map(({ body }) => Number(body));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    // Sixteen are on their way at once, so neighbours may arrive swapped.
    order.forEach((n, at) => {
      expect(Math.abs(n - at)).toBeLessThan(16);
    });
  });
});

describe('retries', () => {
  it('follow the schedule under the same id with new signatures, until one succeeds', async () => {
    const { id, secret } = await webhook();
    let status = 503;
    receiver.answer = () => ({ status });
    await emit();
    await server.workers.drain();
    expect((await deliveries(id))[0]).toMatchObject({ status: 'pending', attempts: 1 });
    seconds(4);
    await server.workers.drain();
    expect(receiver.received).toHaveLength(1);
    seconds(1);
    await server.workers.drain();
    expect(receiver.received).toHaveLength(2);
    status = 204;
    seconds(300);
    await server.workers.drain();
    expect((await deliveries(id))[0]).toMatchObject({ status: 'succeeded', attempts: 3 });

    const key = await server.ask('GET', `/v1/webhooks/.well-known/public-key?orgId=${server.org}`);
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    const last = receiver.received.at(-1);
    if (!last) throw new Error('nothing arrived');
    const keys = { secret, publicKey: String(key.body['public_key']), now: server.clock.now() };
    expect(signatureProblems(last, keys)).toEqual([]);
  });

  it('end after the attempts of the policy, and are not made after other answers', async () => {
    const { id } = await webhook({ retryPolicy: { enabled: true, maxAttempts: 1 } });
    const { id: refusing } = await webhook({ url: `${receiver.url}/bad` });
    const { id: impatient } = await webhook({ url: `${receiver.url}/none`, retryPolicy: { enabled: false } });
    receiver.answer = ({ path }) => ({ status: path === '/bad' ? 410 : 500 });
    await emit();
    await server.workers.drain();
    seconds(5);
    await server.workers.drain();
    expect((await deliveries(id))[0]).toMatchObject({
      status: 'failed',
      attempts: 2,
      httpResponse: { status_code: 500 },
    });
    expect((await deliveries(refusing))[0]).toMatchObject({ status: 'failed', attempts: 1 });
    expect((await deliveries(impatient))[0]).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('wait longer when the receiver asks for it, and hold nobody back', async () => {
    const { id } = await webhook({ jsonataExpression: 'n' });
    receiver.answer = ({ body }) =>
      body === '1' ? { status: 429, headers: { 'retry-after': '60' } } : { status: 200 };
    await emit({ n: 1 });
    await emit({ n: 2 });
    await server.workers.drain();
    seconds(59);
    await server.workers.drain();
    expect(receiver.received.map(({ body }) => body)).toEqual(['1', '2']);
    receiver.answer = () => ({ status: 200 });
    seconds(1);
    await server.workers.drain();
    expect((await deliveries(id)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  });

  it('spare a receiver that does not answer, and reach it when it is back', async () => {
    const { id } = await webhook({ retryPolicy: { enabled: true, maxAttempts: 5 } });
    await receiver.close();
    for (let n = 0; n < 40; n += 1) await emit({ n });
    await server.workers.drain();
    const tried = (await deliveries(id)).reduce((sum, { attempts }) => sum + attempts, 0);
    expect(tried).toBeGreaterThanOrEqual(5);
    expect(tried).toBeLessThan(40);
    const again = await openReceiver();
    const url = `${again.url}/back`;
    await server.ask('PUT', `/v1/webhooks/configs/${id}`, {
      name: 'ERP',
      eventName: 'MeterReadingAdded',
      url,
    });
    for (let round = 0; round < 8; round += 1) {
      seconds(600);
      await server.workers.drain();
    }
    expect((await deliveries(id)).every(({ status }) => status === 'succeeded')).toBe(true);
    expect(new Set(again.received.map(({ headers }) => headers['webhook-id'])).size).toBe(40);
    await again.close();
  });
});

describe('credentials', () => {
  it('come from the environment and stay out of rows and answers', async () => {
    await server.ask('PUT', '/v1/environments/erp.key', { type: 'SecretString', value: 'very secret/key' });
    await server.ask('PUT', '/v1/environments/erp.host', { value: receiver.url });
    const { id } = await webhook({
      url: '{{ env.erp.host }}/in?token={{env.erp.key}}',
      auth: {
        authType: 'API_KEY',
        apiKeyConfig: { keyName: 'X-Key', keyValue: '{{ env.erp.key }}', keyValueIsEnvVar: true },
      },
      payloadConfiguration: { custom_headers: { 'X-Trace': 'k={{ env.erp.key }}' } },
    });
    receiver.answer = ({ headers }) => ({
      status: 200,
      body: JSON.stringify({ echo: headers['x-key'] }),
      headers: { 'x-echo': String(headers['x-trace']) },
    });
    await emit();
    await server.workers.drain();
    expect(receiver.received[0]?.headers).toMatchObject({
      'x-key': 'very secret/key',
      'x-trace': 'k=very secret/key',
    });
    const rows = JSON.stringify(
      await server.tenant.query(sql`
      select to_jsonb(d) as row from webhook_delivery d where org_id = ${server.org}
      union all select to_jsonb(c) from webhook_config c where org_id = ${server.org}
      union all select to_jsonb(v) from environment_variable v where org_id = ${server.org}
      union all select to_jsonb(j) from job j where org_id = ${server.org}`),
    );
    const answers = JSON.stringify([
      await server.ask('GET', '/v1/webhooks/configs'),
      await server.ask('POST', `/v2/webhooks/configs/${id}/events`, {}),
      await server.ask('GET', '/v1/environments'),
    ]);
    for (const text of [rows, answers]) {
      expect(text).not.toMatch(/very secret/);
      expect(text).not.toContain('very+secret');
      expect(text).not.toContain('very%20secret');
    }
    expect((await deliveries(id))[0]).toMatchObject({
      status: 'succeeded',
      httpResponse: { body: { echo: '***' }, headers: { 'x-echo': 'k=***' } },
    });
  });

  it('that are missing send nothing', async () => {
    const { id } = await webhook({ url: `${receiver.url}/{{ env.nowhere }}` });
    await emit();
    await server.workers.drain();
    expect(receiver.received).toEqual([]);
    expect((await deliveries(id))[0]).toMatchObject({
      status: 'failed',
      httpResponse: { code: 'MISSING_VARIABLE' },
    });
  });

  it('are sent as basic authentication, and never shown', async () => {
    const { id, body } = await webhook({
      auth: { authType: 'BASIC', basicAuthConfig: { username: 'erp', password: 'pa:ss-wörd' } },
    });
    expect(JSON.stringify(body)).not.toContain('pa:ss');
    await server.ask('PUT', `/v1/webhooks/configs/${id}`, {
      name: 'renamed',
      eventName: 'MeterReadingAdded',
      url: receiver.url,
      auth: { authType: 'BASIC', basicAuthConfig: { username: 'erp' } },
    });
    await emit();
    await server.workers.drain();
    const header = String(receiver.received[0]?.headers.authorization);
    expect(Buffer.from(header.slice('Basic '.length), 'base64').toString()).toBe('erp:pa:ss-wörd');
  });

  it('are exchanged for a token once, and once more when the receiver refuses it', async () => {
    let issued = 0;
    let refused: string | undefined;
    receiver.answer = ({ path, headers }) => {
      if (path?.startsWith('/token')) {
        issued += 1;
        return { status: 200, body: JSON.stringify({ access_token: `token-${issued}`, expires_in: 3600 }) };
      }
      return { status: headers.authorization === refused ? 401 : 200 };
    };
    const { id } = await webhook({
      auth: {
        authType: 'OAUTH_CLIENT_CREDENTIALS',
        oauthConfig: {
          clientId: 'me',
          clientSecret: 'client-secret',
          endpoint: `${receiver.url}/token`,
          httpMethod: 'POST',
          customParameterList: [
            { type: 'body', key: 'scope', value: 'erp' },
            { type: 'query', key: 'tenant', value: 't1' },
            { type: 'header', key: 'X-Extra', value: 'yes' },
          ],
        },
      },
    });
    for (let n = 0; n < 5; n += 1) await emit();
    await server.workers.drain();
    expect(issued).toBe(1);
    const exchange = receiver.received.find(({ path }) => path?.startsWith('/token'));
    expect(exchange).toMatchObject({ path: '/token?tenant=t1', headers: { 'x-extra': 'yes' } });
    expect(Object.fromEntries(new URLSearchParams(exchange?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'me',
      client_secret: 'client-secret',
      scope: 'erp',
    });
    refused = 'Bearer token-1';
    await emit();
    await server.workers.drain();
    expect(issued).toBe(2);
    expect((await deliveries(id)).every(({ status }) => status === 'succeeded')).toBe(true);
  });
});

describe('deliverNow', () => {
  it('answers the first attempt and goes on in the background', async () => {
    const { id } = await webhook();
    receiver.answer = () => ({ status: 503, body: 'busy' });
    const delivery = await server.events.deliverNow(server.tenant, {
      webhookId: id,
      eventName: 'trigger',
      body: { hello: 'ERP' },
    });
    expect(delivery).toMatchObject({
      status: 'pending',
      httpResponse: { status_code: 503, body: { text: 'busy' } },
    });
    receiver.answer = () => ({ status: 200 });
    seconds(5);
    await server.workers.drain();
    seconds(600);
    await server.workers.drain();
    expect(receiver.received.map(({ body }) => body)).toEqual(['{"hello":"ERP"}', '{"hello":"ERP"}']);
    await expect(
      server.events.deliverNow(server.tenant, { webhookId: 'none', eventName: 'trigger', body: {} }),
    ).rejects.toMatchObject({ status: 404, code: 'WEBHOOK_NOT_FOUND' });
  });
});

describe('the deliveries of a webhook', () => {
  it('are listed newest first in stable pages, and repeated under a new id', async () => {
    const { id } = await webhook({ jsonataExpression: 'n' });
    for (let n = 0; n < 7; n += 1) await emit({ n });
    await server.workers.drain();
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const page = await server.ask('POST', `/v2/webhooks/configs/${id}/events`, {
        limit: 3,
        ...(cursor ? { cursor } : {}),
      });
      expect(page.status).toBe(200);
      seen.push(...asList(page.body['data'] ?? {}).map((item) => String(item['event_id'])));
      cursor = page.body['next_cursor'];
    } while (cursor);
    expect(seen).toEqual([...seen].sort().reverse());
    expect(new Set(seen).size).toBe(7);

    expect((await server.ask('POST', `/v1/webhooks/configs/${id}/events/${seen[0]}/replay`)).status).toBe(
      204,
    );
    await server.workers.drain();
    expect(receiver.received).toHaveLength(8);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(8);
    expect((await server.ask('POST', `/v1/webhooks/configs/other/events/${seen[0]}/replay`)).status).toBe(
      404,
    );
    const half = await server.ask('POST', `/v2/webhooks/configs/${id}/events`, { cursor: { event_id: 'x' } });
    expect(half.status).toBe(400);
  });
});
