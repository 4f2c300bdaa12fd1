import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
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

async function contact(): Promise<string> {
  const answer = await fixture.request('POST', '/v1/entity/contact', {
    first_name: 'Gesine',
    last_name: 'Harms',
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return String(answer.body['_id']);
}

function step(values: Record<string, string>): Record<string, string> {
  return {
    execution_id: randomUUID(),
    org_id: fixture.org,
    webhook_id: 'none',
    flow_id: 'flow',
    created_at: '2026-11-20T08:00:00.000Z',
    action_id: 'action',
    flow_action_id: 'flow-action',
    flow_name: 'Kunde anlegen',
    activity_id: 'activity',
    entity_id: randomUUID(),
    ...values,
  };
}

const trigger = (body: object) => fixture.request('POST', '/v1/erp/trigger', body);

describe('a triggered delivery', () => {
  it('carries the entity and says who asks, and its outcome is the answer', async () => {
    const [webhook_id, entity_id] = [await fixture.webhook('/crm'), await contact()];
    fixture.receiver.answer = () => ({ status: 201, body: '{"id":7}' });
    const body = step({ webhook_id, entity_id });
    expect(await trigger(body)).toMatchObject({
      status: 200,
      body: {
        status: 'succeeded',
        status_code: '201',
        body: { id: 7 },
        start_date: expect.any(String),
        end_date: expect.any(String),
        event_id: expect.any(String),
      },
    });
    expect(JSON.parse(fixture.receiver.received[0]?.body ?? '')).toMatchObject({
      metadata: {
        creation_timestamp: body['created_at'],
        webhook_id,
        webhook_name: '/crm',
        automation_name: 'Kunde anlegen',
        organization_id: fixture.org,
        correlation_id: body['execution_id'],
        execution_id: body['execution_id'],
        action_id: 'action',
      },
      entity: { _id: entity_id, first_name: 'Gesine' },
    });
  });

  it('has the optional parts that the webhook asks for', async () => {
    const payloadConfiguration = {
      include_relations: true,
      include_activity: true,
      include_changed_attributes: true,
      hydrate_entity: true,
    };
    const [webhook_id, entity_id] = [
      await fixture.webhook('/crm', { payloadConfiguration }),
      await contact(),
    ];
    await fixture.request('POST', '/v1/entity/contract', {
      contract_number: 'C-1',
      customer: { $relation: [{ entity_id }] },
    });
    const feed = await fixture.request('GET', `/v1/entity/contact/${entity_id}/activity`);
    const activity_id = String(listOf(feed.body['results']).at(-1)?.['_id']);
    await trigger(step({ webhook_id, entity_id, activity_id }));
    expect(JSON.parse(fixture.receiver.received[0]?.body ?? '')).toMatchObject({
      relations: expect.arrayContaining([
        expect.objectContaining({
          _schema: 'contract',
          contract_number: 'C-1',
          $relation: expect.objectContaining({ attribute: 'customer', reverse: true }),
        }),
      ]),
      activity: { _id: activity_id },
      changed_attributes: { added: { first_name: 'Gesine' } },
    });
  });

  it('is made once per execution and step, also when two ask at once', async () => {
    const body = step({ webhook_id: await fixture.webhook('/crm'), entity_id: await contact() });
    const [first, second] = await Promise.all([trigger(body), trigger(body)]);
    const third = await trigger(body);
    expect([second.body, third.body]).toEqual([first.body, first.body]);
    expect(fixture.receiver.received).toHaveLength(1);
    await trigger({ ...body, flow_action_id: 'another' });
    fixture.server.clock.advance(25 * 3_600_000);
    await trigger(body);
    expect(fixture.receiver.received).toHaveLength(3);
  });

  it('that fails is an answer, too, and is tried again in the background', async () => {
    fixture.receiver.answer = () =>
      fixture.receiver.received.length === 1 ? { status: 503 } : { status: 200 };
    const body = step({ webhook_id: await fixture.webhook('/crm'), entity_id: await contact() });
    expect(await trigger(body)).toMatchObject({
      status: 200,
      body: { status: 'failed', status_code: '503' },
    });
    fixture.server.clock.advance(60_000);
    await fixture.server.work();
    expect(fixture.receiver.received).toHaveLength(2);
  });

  it('is shown in the monitoring, and its receipt can be acknowledged where the mapping hands an id on', async () => {
    const webhook = await fixture.webhook('/crm');
    const mapping = { webhook, expression: '{ "id": _ack_id }' };
    const { id, useCases } = await fixture.integration([outboundUseCase('out', 'OrderSubmission', mapping)]);
    const answer = await trigger(step({ webhook_id: webhook, entity_id: await contact() }));
    const rows = await fixture.request('POST', `/v1/integrations/${id}/monitoring/inbound-events`, {});
    expect(listOf(rows.body['data'])).toMatchObject([
      {
        event_type: 'TRIGGER',
        sync_type: 'webhook',
        status: 'success',
        use_case_id: useCases[0],
        event_id: answer.body['event_id'],
      },
    ]);
    const { _ack_id: ack_id } = JSON.parse(fixture.receiver.received[0]?.body ?? '');
    expect((await fixture.request('POST', '/v1/erp/tracking/acknowledgement', { ack_id })).status).toBe(200);
  });

  it.each([
    ['another organisation', () => step({ org_id: '1' }), 'INVALID_REQUEST'],
    ['an unknown webhook', () => step({}), 'WEBHOOK_NOT_FOUND'],
  ])('is refused for %s', async (_, body, code) => {
    expect(await trigger(body())).toMatchObject({ status: 400, body: { code } });
  });

  it('is refused for an unknown entity, and can be repeated when there is one', async () => {
    const webhook_id = await fixture.webhook('/crm');
    const body = step({ webhook_id });
    expect(await trigger(body)).toMatchObject({ status: 400, body: { code: 'ENTITY_NOT_FOUND' } });
    expect(await trigger({ ...body, entity_id: await contact() })).toMatchObject({
      body: { status: 'succeeded' },
    });
  });
});
