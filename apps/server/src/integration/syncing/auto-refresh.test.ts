import { afterEach, beforeEach, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const MINUTE = 60_000;
const CONTACT = useCase('contact', 'contact', [
  { attribute: 'external_id', field: 'nr' },
  { attribute: 'last_name', field: 'name' },
]);

let erp: ErpFixture;
let start: Date;
let id: string;
beforeEach(async () => {
  erp = await erpFixture([CONTACT]);
  start = erp.server.clock.now();
  await erp.sync([event('contact', { nr: '1', name: 'Harms' })]);
  const [entity] = await erp.find('contact', 'external_id', '1');
  id = String(entity?.id);
});
afterEach(() => erp.server.clock.set(start));

async function refresh(settings: object): Promise<void> {
  const path = `/v1/integrations/${erp.integrationId}`;
  const answer = await erp.request('PUT', path, { settings: { autoRefresh: settings } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

async function open(): Promise<void> {
  expect((await erp.request('GET', `/v2/entity/contact/${id}`)).status).toBe(200);
  await erp.server.busbar.rooms.autoRefresh.idle();
}

async function requests() {
  return erp.tenant.query<{ body: { customer: { _id: string } } }>(sql`
    select body from catalog_event where org_id = ${erp.tenant.org} and name = 'OnDemandSyncCustomerRequested'`);
}

async function status() {
  const answer = await erp.request('GET', `/v1/integrations/entities/${id}/sync-status`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body['sync_states'];
}

it('tells when an integration last looked at an entity, also when it changed nothing', async () => {
  const first = erp.server.clock.now().toISOString();
  const known = { integration_id: erp.integrationId, entity_slug: 'contact', last_changed_at: first };
  expect(await status()).toMatchObject([{ ...known, last_synced_at: first }]);
  erp.server.clock.advance(5 * MINUTE);
  await erp.sync([event('contact', { nr: '1', name: 'Harms' })]);
  const [unchanged] = await erp.find('contact', 'external_id', '1');
  expect(unchanged?.updatedAt.toISOString()).toBe(first);
  expect(await status()).toMatchObject([{ ...known, last_synced_at: erp.server.clock.now().toISOString() }]);
});

it('asks the ERP for current data of what is opened and old, once per threshold', async () => {
  await refresh({ enabled: true, freshnessThresholdMinutes: 60 });
  await open();
  erp.server.clock.advance(60 * MINUTE);
  await open();
  expect(await requests()).toEqual([]);
  erp.server.clock.advance(1);
  await Promise.all([open(), open(), open()]);
  expect(await requests()).toMatchObject([{ body: { customer: { _id: id } } }]);
  erp.server.clock.advance(59 * MINUTE);
  await open();
  expect(await requests()).toHaveLength(1);
  erp.server.clock.advance(MINUTE);
  await open();
  expect(await requests()).toHaveLength(2);
  await erp.sync([event('contact', { nr: '1', name: 'Harms' })]);
  erp.server.clock.advance(60 * MINUTE);
  await open();
  expect(await requests()).toHaveLength(2);
});

it('asks for nothing while it is switched off', async () => {
  await refresh({ enabled: false, freshnessThresholdMinutes: 60 });
  erp.server.clock.advance(61 * MINUTE);
  await open();
  expect(await requests()).toEqual([]);
});
