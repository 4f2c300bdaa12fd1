import { describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const FIELDS = [
  { attribute: 'external_id', field: 'nr' },
  { attribute: 'last_name', field: 'name' },
];
const USE_CASES = [useCase('one', 'contact', FIELDS), useCase('two', 'contact', FIELDS)];

describe('between acceptance and processing', () => {
  it("the configuration may change: today's is used, without waiting for anything", async () => {
    const erp = await erpFixture(USE_CASES);
    const list = await erp.request('GET', `/v1/integrations/${erp.integrationId}/use-cases`);
    const path = `/v1/integrations/${erp.integrationId}/use-cases/${list.body['use_cases']?.[0]?.['id']}`;
    // The same clock for all of them: a change is noticed by its number, not by its time.
    for (const last_name of ['first', 'second', 'third']) {
      const entity = {
        entity_schema: 'contact',
        unique_ids: ['external_id'],
        fields: [FIELDS[0], { attribute: 'last_name', constant: last_name }],
      };
      await erp.send([event('one', { nr: '1', name: 'x' })]);
      expect((await erp.request('PUT', path, { configuration: { entities: [entity] } })).status).toBe(200);
      await erp.settle();
      expect((await erp.find('contact', 'external_id', '1')).map(({ doc }) => doc['last_name'])).toEqual([
        last_name,
      ]);
    }
  });

  it('the use case may be switched to direct mode, which is not there: the event is an error, not silently nothing', async () => {
    const erp = await erpFixture(USE_CASES);
    const list = await erp.request('GET', `/v1/integrations/${erp.integrationId}/use-cases`);
    const path = `/v1/integrations/${erp.integrationId}/use-cases/${list.body['use_cases']?.[0]?.['id']}`;
    const [result] = await erp.send([event('one', { nr: '7', name: 'x' })]);
    expect((await erp.request('PUT', path, { configuration: { direct: true } })).status).toBe(200);
    await erp.settle();
    expect(await erp.monitoring({ event_id: result?.['event_id'] })).toMatchObject([
      { status: 'error', error_code: 'USE_CASE_MISSING_CONFIG', error_category: 'configuration' },
    ]);
  });

  it('the use case may be disabled: the event is skipped', async () => {
    const erp = await erpFixture(USE_CASES);
    const list = await erp.request('GET', `/v1/integrations/${erp.integrationId}/use-cases`);
    const path = `/v1/integrations/${erp.integrationId}/use-cases/${list.body['use_cases']?.[1]?.['id']}`;
    const [result] = await erp.send([event('two', { nr: '2', name: 'x' })]);
    await erp.request('PUT', path, { enabled: false });
    await erp.settle();
    expect(await erp.monitoring({ event_id: result?.['event_id'] })).toMatchObject([
      { status: 'skipped', error_code: 'USE_CASE_DISABLED' },
    ]);
    expect(await erp.find('contact', 'external_id', '2')).toEqual([]);
  });

  it('the integration may be deleted: its events end as errors', async () => {
    const erp = await erpFixture(USE_CASES);
    const results = await erp.send([event('one', { nr: '3' }), event('two', { nr: '4' })]);
    expect((await erp.request('DELETE', `/v1/integrations/${erp.integrationId}`)).status).toBe(200);
    await erp.settle();
    const rows = await erp.tenant.query(sql`
      select event_id, status, error_code from inbound_monitoring_event where org_id = ${erp.tenant.org} order by event_id`);
    expect(rows).toEqual(
      results.map(({ event_id: id }) => ({
        event_id: String(id),
        status: 'error',
        error_code: 'INTEGRATION_NOT_FOUND',
      })),
    );
  });
});

describe('acceptance', () => {
  it('routes by the use cases of the moment, in whatever order they are saved, removed and added again', async () => {
    const erp = await erpFixture(USE_CASES);
    const path = `/v1/integrations/${erp.integrationId}/use-cases`;
    const send = async (slug: string) => {
      const [result] = await erp.send([event(slug, { nr: '5', name: 'x' })]);
      return result?.['status'];
    };
    expect(await send('one')).toBe('success');
    const one = (await erp.request('GET', path)).body['use_cases']?.[0]?.['id'];
    await erp.request('PUT', `${path}/${one}`, { enabled: false });
    expect(await send('one')).toBe('ignored');
    await erp.request('PUT', `${path}/${one}`, { enabled: true });
    expect(await send('one')).toBe('success');
    await erp.settle();

    // The same id and the same number of saves, but another use case.
    const save = (use_cases: readonly object[]) =>
      erp.request('PUT', `/v2/integrations/${erp.integrationId}`, { name: 'ERP', use_cases });
    expect((await save([])).status).toBe(200);
    expect(await send('one')).toBe('ignored');
    const again = useCase('new', 'contact', [FIELDS[0] ?? {}, { attribute: 'last_name', constant: 'new' }]);
    expect((await save([{ id: one, ...again }])).status).toBe(200);
    for (const enabled of [false, true]) await erp.request('PUT', `${path}/${one}`, { enabled });
    expect(await send('one')).toBe('ignored');
    expect(await send('new')).toBe('success');
    await erp.settle();
    expect((await erp.find('contact', 'external_id', '5')).map(({ doc }) => doc['last_name'])).toEqual([
      'new',
    ]);

    expect((await erp.request('DELETE', `/v1/integrations/${erp.integrationId}`)).status).toBe(200);
    const events = [event('new', { nr: '5' })];
    const answer = await erp.request('POST', '/v3/erp/updates/events', {
      integration_id: erp.integrationId,
      events,
    });
    expect(answer.status).toBe(404);
  });
});
