import { beforeAll, expect, it } from 'vitest';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const ID = { attribute: 'external_id', field: 'nr' };
const READINGS = {
  name: 'readings',
  slug: 'readings',
  type: 'inbound',
  enabled: true,
  configuration: {
    meter_readings: [
      {
        meter: { unique_ids: [{ attribute: 'external_id', field: 'meter' }] },
        fields: ['external_id', 'timestamp', 'value', 'source'].map((attribute) => ({
          attribute,
          field: attribute,
        })),
      },
    ],
  },
};

let erp: ErpFixture;
let useCases: Map<string, string>;
beforeAll(async () => {
  erp = await erpFixture([
    useCase('contact', 'contact', [ID, { attribute: 'last_name', field: 'name' }]),
    useCase('gone', 'contact', [ID], { mode: 'delete' }),
    useCase('counter', 'meter_counter', [ID, { attribute: 'direction', constant: 'feed-out' }]),
    useCase('meter', 'meter', [
      ID,
      {
        attribute: 'meter_counters',
        relations: {
          operation: '_set',
          items: [
            { entity_schema: 'meter_counter', unique_ids: [{ attribute: 'external_id', constant: 'c-1' }] },
          ],
        },
      },
    ]),
    READINGS,
  ]);
  const { body } = await erp.request('GET', `/v1/integrations/${erp.integrationId}/use-cases`);
  const list = body['use_cases'];
  useCases = new Map(
    (Array.isArray(list) ? list : []).map(({ slug, id }) => [String(slug), String(id)] as const),
  );
});

async function stateOf(schema: string, externalId: string) {
  const [entity] = await erp.find(schema, 'external_id', externalId);
  const answer = await erp.request('GET', `/v1/integrations/entities/${entity?.id}/sync-status`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body['sync_states']?.[0];
}

it('names the use case, what the last event did, and the event', async () => {
  const [first, second, third] = await erp.sync([
    event('contact', { nr: '1', name: 'Harms' }),
    event('contact', { nr: '2', name: 'Gerdes' }),
    event('contact', { nr: '3', name: 'Janssen' }),
  ]);
  const use_case_id = useCases.get('contact');
  expect(await stateOf('contact', '1')).toMatchObject({
    use_case_id,
    last_operation: 'create',
    last_event_id: first?.['event_id'],
  });
  const [same, changed] = await erp.sync([
    event('contact', { nr: '2', name: 'Gerdes' }),
    event('contact', { nr: '3', name: 'Janßen' }),
  ]);
  expect(await stateOf('contact', '2')).toMatchObject({
    last_operation: 'no-op',
    last_event_id: same?.['event_id'],
  });
  expect(await stateOf('contact', '3')).toMatchObject({
    last_operation: 'patch',
    last_event_id: changed?.['event_id'],
  });
  expect([second, third].map((result) => String(result?.['status']))).toEqual(['success', 'success']);
});

it('tells of a deletion as long as the entity is in the recycle bin', async () => {
  await erp.sync([event('contact', { nr: '9', name: 'Weg' })]);
  const [entity] = await erp.find('contact', 'external_id', '9');
  const [deleted] = await erp.sync([event('gone', { nr: '9' })]);
  const answer = await erp.request('GET', `/v1/integrations/entities/${entity?.id}/sync-status`);
  expect(answer.body['sync_states']).toMatchObject([
    { use_case_id: useCases.get('gone'), last_operation: 'delete', last_event_id: deleted?.['event_id'] },
  ]);
});

it('tells of readings apart from the meter and counter they belong to', async () => {
  await erp.sync([event('meter', { nr: 'm-1' })]);
  expect(await stateOf('meter', 'm-1')).not.toHaveProperty('readings_last_synced_at');
  const reading = { meter: 'm-1', external_id: 'r-1', timestamp: '2026-01-01', value: 5, source: 'ERP' };
  const [sent] = await erp.sync([event('readings', reading)]);
  const now = erp.server.clock.now().toISOString();
  const readings = {
    readings_last_synced_at: now,
    readings_last_operation: 'upsert',
    readings_last_event_id: sent?.['event_id'],
  };
  expect(await stateOf('meter', 'm-1')).toMatchObject({ ...readings, last_operation: 'create' });
  // The counter came into being as a stub: no event was about it.
  const counter = await stateOf('meter_counter', 'c-1');
  expect(counter).toMatchObject(readings);
  expect(counter).not.toHaveProperty('last_synced_at');
});
