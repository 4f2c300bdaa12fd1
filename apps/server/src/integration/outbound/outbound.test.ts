import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, queryDeliveries } from '../../events/index.ts';
import { testServer } from '../../testing/test-server.ts';
import {
  demoFile,
  listOf,
  type OutboundFixture,
  outboundFixture,
  outboundUseCase,
} from '../testing/outbound-fixture.ts';

let fixture: OutboundFixture;
let start: Date;
beforeEach(async () => {
  fixture = await outboundFixture();
  start = fixture.server.clock.now();
});
afterEach(async () => {
  fixture.server.clock.set(start);
  await fixture.receiver.close();
});

const bodies = () => fixture.receiver.received.map(({ path, body }) => [path, JSON.parse(body)]);

async function deliveries(webhook: string): Promise<readonly Delivery[]> {
  const tenant = fixture.server.busbar.storage.database.tenant(fixture.org);
  return (await queryDeliveries(tenant, { webhookId: webhook }, 100)).deliveries;
}

async function scenario(mapping: { expression: string; enabled?: boolean }, more: object = {}) {
  const webhook = await fixture.webhook(`/${Math.random()}`);
  const made = await fixture.integration([
    outboundUseCase('out', 'MeterReadingAdded', { webhook, ...mapping }, more),
  ]);
  return { webhook, integration: made.id, useCase: String(made.useCases[0]) };
}

describe('the demo utility', () => {
  it('receives exactly the bodies of outbound-samples.json', async () => {
    const [setup, integration, samples] = await Promise.all(
      ['setup.json', 'integration.json', 'outbound-samples.json'].map(demoFile),
    );
    let text = JSON.stringify(
      listOf(integration?.['use_cases']).filter((one) => String(one['type']) === 'outbound'),
    );
    for (const { ref, ...webhook } of listOf(setup?.['webhooks'])) {
      const path = new URL(String(webhook['url'])).pathname;
      const id = await fixture.webhook(path, { ...webhook, url: fixture.receiver.url + path });
      text = text.replaceAll(`\${webhook:${String(ref)}}`, id);
    }
    await fixture.integration(JSON.parse(text));
    for (const { event } of listOf(samples?.['cases'])) {
      const id = await fixture.emit(String(event?.['_event_name']), {}, String(event?.['_ack_id']));
      await fixture.replaceBody(id, { ...event });
    }
    await fixture.server.work();
    const paths: Record<string, string> = { ablesung: '/erp/ablesung', zahlung: '/erp/zahlung' };
    const expected = listOf(samples?.['cases']).map(({ webhook, body }) => [paths[String(webhook)], body]);
    const got = fixture.receiver.received.map(({ path, body }) => [path, JSON.parse(body)]);
    for (const path of Object.values(paths)) {
      expect(got.filter(([at]) => at === path)).toStrictEqual(expected.filter(([at]) => at === path));
    }
    expect(got).toHaveLength(4);
    expect(fixture.receiver.received[0]?.headers).toMatchObject({
      'webhook-id': expect.stringMatching(/^msg_/),
    });
  });
});

describe('an outbound use case', () => {
  it('sends what its mapping makes of the event, and not the event itself', async () => {
    const { webhook } = await scenario({ expression: '{ "nr": meter.meter_number, "leer": fehlt }' });
    await fixture.emit('MeterReadingAdded', { meter: { meter_number: '7' } });
    await fixture.server.work();
    expect(bodies()).toEqual([[expect.any(String), { nr: '7' }]]);
    expect(await deliveries(webhook)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('hears of a change made through the API, with the entity in the event', async () => {
    const webhook = await fixture.webhook('/zahlung', { eventName: 'event_PaymentMethodUpdated' });
    const expression =
      '{ "konto": billing_account.billing_account_number, "iban": billing_account.payment_method[0].data.iban }';
    await fixture.integration([outboundUseCase('zahlung', 'PaymentMethodUpdated', { webhook, expression })]);
    const account = { billing_account_number: '000200000103' };
    const created = await fixture.request('POST', '/v1/entity/billing_account', account);
    const payment_method = [{ type: 'payment_sepa', data: { iban: 'DE80990500000009020304' } }];
    const path = `/v1/entity/billing_account/${String(created.body['_id'])}`;
    expect((await fixture.request('PATCH', path, { payment_method })).status).toBe(200);
    await fixture.server.work();
    expect(bodies()).toEqual([['/zahlung', { konto: '000200000103', iban: 'DE80990500000009020304' }]]);
  });

  it('keeps still while it is disabled, and while its mapping is', async () => {
    await scenario({ expression: '{ "a": 1 }' }, { enabled: false });
    await scenario({ expression: '{ "a": 1 }', enabled: false });
    // The webhooks' own subscriptions fire, because no enabled mapping speaks for them.
    await fixture.emit('MeterReadingAdded', { meter: {} });
    await fixture.server.work();
    expect(bodies().map(([, body]) => body)).toMatchObject([{ meter: {} }, { meter: {} }]);
  });

  it('sends nothing for an undefined or null result', async () => {
    const { webhook } = await scenario({
      expression: 'meter.meter_number = "1" ? { "a": 1 } : null',
    });
    await fixture.emit('MeterReadingAdded', { meter: { meter_number: '2' } });
    await fixture.server.work();
    expect([bodies(), await deliveries(webhook)]).toEqual([[], []]);
  });

  it('records a failed delivery when its expression fails, without a call', async () => {
    const { webhook } = await scenario({ expression: '$number(meter.meter_number)' });
    await fixture.emit('MeterReadingAdded', { meter: { meter_number: 'seven' } });
    await fixture.server.work();
    expect(bodies()).toEqual([]);
    expect(await deliveries(webhook)).toMatchObject([
      { status: 'failed', httpResponse: { code: 'MAPPING_EXPRESSION_FAILED' } },
    ]);
  });

  it('leaves out events that its filter does not want', async () => {
    const webhook = await fixture.webhook('/filtered');
    const base = JSON.parse(
      JSON.stringify(
        outboundUseCase('filtered', 'MeterReadingAdded', { webhook, expression: '{ "s": source }' }),
      ),
    );
    base.configuration.event_filter = 'source = "portal"';
    await fixture.integration([base]);
    await fixture.emit('MeterReadingAdded', { source: '360' });
    await fixture.emit('MeterReadingAdded', { source: 'portal' });
    await fixture.server.work();
    expect(bodies()).toEqual([['/filtered', { s: 'portal' }]]);
  });

  it.each([
    ['drops the connection', 'drop' as const],
    ['answers 500', { status: 500 }],
    ['answers 429', { status: 429, headers: { 'retry-after': '1' } }],
  ])('tries again when the ERP %s, under the same message id', async (_, answer) => {
    const { webhook, integration } = await scenario({ expression: '{ "a": 1 }' });
    fixture.receiver.answer = () => (fixture.receiver.received.length === 1 ? answer : { status: 200 });
    await fixture.emit('MeterReadingAdded', {});
    const created_at = fixture.server.clock.now().toISOString();
    fixture.server.clock.advance(1_000);
    const updated_at = fixture.server.clock.now().toISOString();
    await fixture.server.work();
    expect(await deliveries(webhook)).toMatchObject([{ status: 'pending' }]);
    const path = `/v1/integrations/${integration}/monitoring/outbound-events`;
    const shown = await fixture.request('POST', path, { status: 'pending' });
    expect(shown.body['data']).toMatchObject([{ created_at, updated_at, metadata: { attempt: 1 } }]);
    fixture.server.clock.advance(60_000);
    await fixture.server.work();
    expect(await deliveries(webhook)).toMatchObject([{ status: 'succeeded' }]);
    const ids = fixture.receiver.received.map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });
});

describe('an acknowledgement', () => {
  const acknowledge = (ack_id: string, token?: string) =>
    fixture.server.request('POST', '/v1/erp/tracking/acknowledgement', {
      token: token ?? fixture.token,
      body: { ack_id, status: 'done' },
    });

  it('is open once the event is sent, and is given once', async () => {
    await scenario({ expression: '{ "id": _ack_id }' });
    await fixture.emit('MeterReadingAdded', {});
    await fixture.server.work();
    const ackId = String(bodies()[0]?.[1].id);
    const stranger = (await (await testServer()).organisation()).token;
    expect((await acknowledge(ackId, stranger)).status).toBe(404);
    expect((await acknowledge(ackId)).status).toBe(200);
    expect(await acknowledge(ackId)).toMatchObject({ status: 404, body: { code: 'TRACKING_NOT_FOUND' } });
    expect((await fixture.request('POST', '/v1/erp/tracking/acknowledgement', {})).status).toBe(400);
  });

  it('expires after 24 hours, with a warning', async () => {
    const { integration, useCase } = await scenario({ expression: '{ "id": _ack_id }' });
    await fixture.emit('MeterReadingAdded', {});
    await fixture.server.work();
    const ackId = String(bodies()[0]?.[1].id);
    fixture.server.clock.advance(24 * 3_600_000 + 1);
    expect((await acknowledge(ackId)).status).toBe(404);
    const task = fixture.server.busbar.rooms.recurring.find(({ name }) => name === 'tracking-expiry');
    await task?.run(new AbortController().signal);
    const rows = await fixture.request(
      'POST',
      `/v1/integrations/${integration}/monitoring/inbound-events`,
      {},
    );
    expect(listOf(rows.body['data'])).toMatchObject([
      { sync_type: 'webhook', status: 'warning', error_code: 'ACK_TIMEOUT', use_case_id: useCase },
    ]);
  });
});

describe('an outbound configuration', () => {
  const save = async (configuration: object) => {
    const body = {
      name: 'x',
      use_cases: [{ name: 'out', slug: 'out', type: 'outbound', enabled: true, configuration }],
    };
    return fixture.request('POST', '/v2/integrations', body);
  };
  const mapping = {
    name: 'm',
    enabled: true,
    jsonata_expression: '$',
    delivery: { type: 'webhook', webhook_id: 'w' },
  };

  it.each([
    ['no mapping', { event_catalog_event: 'X', mappings: [] }, 'mappings'],
    ['an empty event', { event_catalog_event: '', mappings: [mapping] }, 'event_catalog_event'],
    [
      'an expression that cannot be parsed',
      { event_catalog_event: 'X', mappings: [{ ...mapping, jsonata_expression: '{ "a": ' }] },
      'jsonata_expression',
    ],
    [
      'no expression',
      { event_catalog_event: 'X', mappings: [{ name: 'm', enabled: true, delivery: mapping.delivery }] },
      'jsonata_expression',
    ],
    [
      'an unknown delivery',
      { event_catalog_event: 'X', mappings: [{ ...mapping, delivery: { type: 'poll' } }] },
      'delivery',
    ],
    [
      'an id twice',
      {
        event_catalog_event: 'X',
        mappings: [1, 2].map(() => ({ ...mapping, id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c08' })),
      },
      'id',
    ],
  ])('with %s is refused with the path', async (_, configuration, member) => {
    const answer = await save(configuration);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body['errors'])).toContain(member);
  });

  it('gets ids and instants for its mappings, which stay while a mapping stays', async () => {
    const created = await save({ event_catalog_event: 'X', mappings: [mapping, { ...mapping, name: 'n' }] });
    expect(created.status).toBe(201);
    const path = `/v1/integrations/${String(created.body['id'])}/use-cases/${String(created.body['use_cases']?.[0]?.['id'])}`;
    const [first, second] = listOf(created.body['use_cases']?.[0]?.['configuration']?.['mappings']);
    expect(first).toMatchObject({ id: expect.any(String), created_at: start.toISOString() });
    fixture.server.clock.advance(1000);
    const changed = await fixture.request('PUT', path, {
      type: 'outbound',
      configuration: {
        event_catalog_event: 'X',
        mappings: [first, { ...mapping, name: 'n', jsonata_expression: '$$' }],
      },
    });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    expect(listOf(changed.body['configuration']?.['mappings'])).toEqual([
      first,
      { ...second, jsonata_expression: '$$', updated_at: fixture.server.clock.now().toISOString() },
    ]);
  });
});
