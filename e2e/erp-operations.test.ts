import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';
import { erpClient } from './erp-client.ts';

let demo: DemoServer;
let token: string;
beforeAll(async () => {
  demo = await startDemoServer();
  token = await demo.server.command('token', 'admin');
});
afterAll(() => demo.close());

const UNKNOWN = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const MAPPED = {
  entities: [
    {
      entity_schema: 'contact',
      unique_ids: ['external_id'],
      fields: [{ attribute: 'external_id', field: 'nr' }],
    },
  ],
};
const event = (more: object) => ({
  timestamp: '2026-01-01T00:00:00Z',
  format: 'json',
  payload: '{"nr":"1"}',
  ...more,
});

/** In development the server holds every answer against its contract, and turns a difference into a 500. */
describe.each(['toolkit', 'erp'] as const)('the ERP Integration API through the client "%s"', (name) => {
  const { call, ok, refused } = erpClient(name, () => sdkClients(demo.server.url, token)[name]);

  it('keeps integrations', async () => {
    const integration = {
      name: 'string',
      description: 'string',
      access_token_ids: ['string'],
      app_ids: ['string'],
    };
    const environment_config = [
      { key: 'string', label: 'string', type: 'String', required: false, order: 0 },
    ];
    const settings = { autoRefresh: { enabled: false, freshnessThresholdMinutes: 1 } };
    const { id } = await ok(
      call('createIntegration', null, { ...integration, environment_config, settings }),
      201,
    );
    expect(await ok(call('getIntegration', String(id)))).toMatchObject({
      ...integration,
      environment_config,
      settings,
    });
    expect(await ok(call('updateIntegration', String(id), { app_ids: [] }))).toMatchObject({
      name: 'string',
      app_ids: [],
    });
    expect(await ok(call('getIntegrationV2', String(id)))).toMatchObject({ use_cases: [] });
    expect((await ok(call('listIntegrations', null)))['integrations']).toContainEqual(
      expect.objectContaining({ id }),
    );
    expect((await ok(call('listIntegrationsV2', null)))['integrations']).toContainEqual(
      expect.objectContaining({ id }),
    );
    await ok(call('deleteIntegration', String(id)));
    await refused(call('deleteIntegrationV2', String(id)), 404, 'INTEGRATION_NOT_FOUND');
    await refused(call('getIntegration', 'example'), 400, 'INVALID_REQUEST', 'path.integrationId');
    await refused(call('createIntegration', null, {}), 400, 'INVALID_REQUEST', 'body.name');
    const twice = [...environment_config, ...environment_config];
    await refused(
      call('createIntegration', null, { name: 'x', environment_config: twice }),
      400,
      'INVALID_REQUEST',
      'environment_config[1].key',
    );
    const unlimited = { autoRefresh: { enabled: true } };
    await refused(
      call('createIntegration', null, { name: 'x', settings: unlimited }),
      400,
      'INVALID_REQUEST',
      'freshnessThresholdMinutes',
    );
  });

  it('keeps use cases with their history, and replaces them as a list', async () => {
    const listed = { name: 'Customer Sync', type: 'inbound', enabled: true, configuration: MAPPED };
    const created = await ok(
      call('createIntegrationV2', null, { name: 'Use cases', use_cases: [listed] }),
      201,
    );
    const integrationId = String(created['id']);
    const first = created['use_cases']?.[0];
    expect(first).toMatchObject({ slug: 'customer-sync', integrationId });
    const place = { integrationId, useCaseId: String(first?.['id']) };
    await ok(call('updateUseCase', place, { type: 'inbound', enabled: false, change_description: 'why' }));
    expect(await ok(call('getUseCase', place))).toMatchObject({ enabled: false, change_description: 'why' });
    expect((await ok(call('listUseCaseHistory', place)))['history']).toMatchObject([{ enabled: true }]);
    await refused(
      call('listUseCaseHistory', { ...place, cursor: 'example' }),
      400,
      'INVALID_REQUEST',
      'query.cursor',
    );
    await refused(
      call('updateUseCase', place, { type: 'inbound', slug: 'other' }),
      400,
      'INVALID_REQUEST',
      'body.slug',
    );
    await refused(call('updateUseCase', place, { type: 'outbound' }), 400, 'INVALID_REQUEST', 'body.type');
    const second = await ok(call('createUseCase', integrationId, { ...listed, name: 'Second' }), 201);
    await refused(call('createUseCase', integrationId, { ...listed, slug: 'second' }), 400, 'SLUG_TAKEN');
    expect((await ok(call('listUseCases', integrationId)))['use_cases']).toHaveLength(2);
    const kept = { name: 'Renamed', type: 'inbound', enabled: true, id: second['id'] };
    expect(
      await ok(call('updateIntegrationV2', integrationId, { name: 'x', use_cases: [kept] })),
    ).toMatchObject({
      use_cases: [{ name: 'Renamed', slug: 'second', configuration: MAPPED }],
    });
    expect((await ok(call('updateIntegrationV2', integrationId, { name: 'y' })))['use_cases']).toHaveLength(
      1,
    );
    await ok(call('deleteUseCase', { integrationId, useCaseId: String(second['id']) }));
    await refused(call('deleteUseCase', place), 404, 'USE_CASE_NOT_FOUND');
    await refused(call('listUseCases', UNKNOWN), 404, 'INTEGRATION_NOT_FOUND');
  });

  it.each([
    ['inbound', { entities: [{ ...MAPPED.entities[0], jsonataExpression: '{ "x": ' }] }, 'jsonataExpression'],
    ['inbound', { entities: [{ ...MAPPED.entities[0], unique_ids: ['missing'] }] }, 'unique_ids'],
    [
      'outbound',
      {
        event_catalog_event: 'X',
        mappings: [
          {
            name: 'm',
            enabled: true,
            jsonata_expression: '{ a: ',
            delivery: { type: 'webhook', webhook_id: 'w' },
          },
        ],
      },
      'jsonata_expression',
    ],
    [
      'file_proxy',
      {
        steps: [{ url: 'http://x/{{a', method: 'GET', response_type: 'json' }],
        response: { body: '$', encoding: 'base64' },
      },
      'steps[0].url',
    ],
  ])(
    'refuses a configuration (%s) that cannot be used, naming use case, field and position',
    async (type, configuration, field) => {
      const { id } = await ok(call('createIntegration', null, { name: 'Refusing' }), 201);
      const { status, data } = await call('createUseCase', String(id), {
        name: 'Odd one',
        slug: 'odd',
        enabled: true,
        type,
        configuration,
      });
      expect([status, String(data['errors']?.[0]?.['path'])]).toEqual([400, expect.stringContaining(field)]);
      expect(String(data['message'])).toContain('use case "Odd one"');
      if (field !== 'unique_ids') expect(String(data['message'])).toMatch(/position \d+|line \d+/);
    },
  );

  it('takes events in, in all three versions, and shows and replays them', async () => {
    const use_cases = [{ name: 'Customer Sync', type: 'inbound', enabled: true, configuration: MAPPED }];
    const created = await ok(call('createIntegrationV2', null, { name: 'Events', use_cases }), 201);
    const integration_id = String(created['id']);
    const named = { event_name: 'Customer Sync' };
    const typed = { event_type: 'CREATE', object_type: 'Customer Sync' };
    const accepted = await ok(
      call('processErpUpdatesEventsV3', null, {
        integration_id,
        events: [
          event({ ...named, deduplication_id: 'd1' }),
          event({ use_case_slug: 'customer-sync', deduplication_id: 'd1' }),
          event({ event_name: 'Nobody' }),
          event({ ...named, payload: '{{' }),
        ],
      }),
    );
    const statuses = [0, 1, 2, 3].map((at) => String(accepted['results']?.[at]?.['status']));
    expect(statuses).toEqual(['success', 'skipped', 'ignored', 'error']);
    await ok(call('processErpUpdatesEventsV2', null, { integration_id, events: [event(typed)] }));
    const app = { app_id: randomUUID(), component_id: randomUUID() };
    const former = { ...app, meta: {}, events: [event(typed)] };
    await refused(call('processErpUpdatesEvents', null, former), 400, 'APP_MAPPING_NOT_FOUND');
    await ok(call('setIntegrationAppMapping', integration_id, app));
    await refused(call('setIntegrationAppMapping', integration_id, app), 409, 'APP_MAPPING_EXISTS');
    await ok(call('setIntegrationAppMapping', integration_id, { ...app, overwrite: true }));
    await ok(call('processErpUpdatesEvents', null, former));
    await ok(call('deleteIntegrationAppMapping', integration_id, app));
    await refused(call('deleteIntegrationAppMapping', integration_id, app), 404, 'APP_MAPPING_NOT_FOUND');
    const odd = event({ timestamp: 'yesterday', format: 'yaml', payload: {}, deduplication_id: 'a b' });
    await refused(
      call('processErpUpdatesEventsV3', null, { integration_id, events: [odd] }),
      400,
      'INVALID_REQUEST',
      'body.events[0].timestamp',
    );
    const many = Array.from({ length: 101 }, () => event(named));
    await refused(
      call('processErpUpdatesEventsV3', null, { integration_id, events: many }),
      400,
      'INVALID_REQUEST',
      'body.events',
    );
    await refused(
      call('processErpUpdatesEventsV3', null, { integration_id: UNKNOWN, events: [event(named)] }),
      404,
      'INTEGRATION_NOT_FOUND',
    );
    const page = await ok(call('queryEvents', integration_id, { limit: 2 }));
    expect(page).toMatchObject({ has_more: true, data: [{ object_type: 'Customer Sync' }, {}] });
    await ok(call('queryEvents', integration_id, { cursor: page['next_cursor'] }));
    await refused(
      call('queryEvents', integration_id, { cursor: { event_id: 'a' } }),
      400,
      'INVALID_REQUEST',
      'body.cursor',
    );
    const event_ids = [String(accepted['results']?.[0]?.['event_id']), 'string'];
    expect(await ok(call('replayEvents', integration_id, { event_ids }))).toMatchObject({
      replayed: 1,
      event_ids,
    });
  });

  it('tells what became of events and deliveries', async () => {
    const { id } = await ok(call('createIntegration', null, { name: 'Watched' }), 201);
    const place = String(id);
    const empty = { data: [], next_cursor: null, has_more: false };
    expect(await ok(call('queryInboundMonitoringEvents', place, {}))).toEqual(empty);
    expect(
      await ok(call('queryOutboundMonitoringEvents', place, { event_name: 'automation_flow_target' })),
    ).toEqual(empty);
    expect(await ok(call('queryAccessLogs', place, {}))).toEqual(empty);
    expect(await ok(call('queryAccessLogs', place, { token_id: 'api_other' }))).toEqual(empty);
    expect(await ok(call('getOutboundStatus', place))).toEqual({ useCases: [] });
    const groups = {
      inbound_group_by: ['use_case_id', 'status'],
      outbound_group_by: ['event_name', 'status'],
    };
    expect(await ok(call('getMonitoringStats', place, groups))).toMatchObject({
      inbound: { total_events: 0, breakdown: [] },
    });
    const from_date = '2025-01-01T00:00:00Z';
    const series = { from_date, to_date: '2025-01-31T23:59:59Z', interval: '1d' };
    expect((await ok(call('getMonitoringTimeSeries', place, series)))['buckets']).toHaveLength(31);
    await refused(
      call('getMonitoringTimeSeries', place, { ...series, interval: '1h' }),
      400,
      'TOO_MANY_BUCKETS',
    );
    await refused(
      call('queryInboundMonitoringEvents', place, { from_date, to_date: '2024-01-01T00:00:00Z' }),
      400,
      'INVALID_REQUEST',
      'from_date',
    );
  });

  it('simulates, triggers and acknowledges', async () => {
    const simulation = { event_configuration: MAPPED, format: 'json', payload: '{"nr":"7"}' };
    const updates = [
      { entity_slug: 'contact', unique_identifiers: { external_id: '7' }, attributes: { external_id: '7' } },
    ];
    expect(await ok(call('simulateMappingV2', null, simulation))).toMatchObject({
      entity_updates: updates,
      warnings: [],
    });
    await refused(
      call('simulateMappingV2', null, { ...simulation, format: 'xml', payload: '<!DOCTYPE a><a/>' }),
      422,
      'MALFORMED_PAYLOAD',
    );
    const objects = {
      o: {
        unique_ids: { contact: ['external_id'] },
        fields: [{ entity: 'contact', attribute: 'external_id', field: 'nr' }],
      },
    };
    const former = {
      mapping_configuration: { mapping: { objects } },
      object_type: 'o',
      format: 'json',
      payload: '{"nr":"7"}',
    };
    expect(await ok(call('simulateMapping', null, former))).toMatchObject({ entity_updates: updates });
    await refused(
      call('simulateMapping', null, { ...former, object_type: 'string' }),
      422,
      'MAPPING_CONFIGURATION_INVALID',
    );
    const { orgId } = await ok(call('createIntegration', null, { name: 'Triggered' }), 201);
    const trigger = {
      execution_id: randomUUID(),
      org_id: orgId,
      webhook_id: 'none',
      flow_id: 'f',
      created_at: '1970-01-01T00:00:00.000Z',
      action_id: 'a',
      flow_action_id: 'b',
      flow_name: 'n',
      activity_id: 'c',
      entity_id: 'd',
    };
    await refused(call('triggerErp', null, trigger), 400, 'WEBHOOK_NOT_FOUND');
    await refused(
      call('triggerErp', null, { ...trigger, org_id: '1' }),
      400,
      'INVALID_REQUEST',
      'body.org_id',
    );
    await refused(call('acknowledgeTracking', null, { ack_id: 'string' }), 404, 'TRACKING_NOT_FOUND');
    await refused(call('acknowledgeTracking', null, {}), 400, 'INVALID_REQUEST', 'body.ack_id');
  });
});
