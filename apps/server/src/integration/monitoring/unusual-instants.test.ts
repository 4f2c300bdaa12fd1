import { beforeAll, describe, expect, it } from 'vitest';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

let erp: ErpFixture;
beforeAll(async () => {
  erp = await erpFixture([useCase('contact', 'contact', [{ attribute: 'external_id', field: 'nr' }])]);
  await erp.sync([event('contact', { nr: '1' })]);
});

const ask = (what: string, body: object) =>
  erp.request('POST', `/v1/integrations/${erp.integrationId}/${what}`, body);
const LISTS = ['inbound-events', 'outbound-events', 'access-logs'].map((list) => `monitoring/${list}`);

describe('instants that no calendar or database has', () => {
  for (const what of [...LISTS, 'monitoring/stats']) {
    for (const text of ['0000-01-01T00:00:00Z', '2026-06-30T23:59:60Z', '9999-12-31T23:59:59-02:00']) {
      it(`${what}: ${text} is refused with its place`, async () => {
        const answer = await ask(what, { to_date: text });
        expect(answer.body).toMatchObject({ status: 400, errors: [{ path: 'body.to_date' }] });
      });
    }
  }

  it('are refused in cursors and series, too', async () => {
    const cursor = { event_time: '0000-01-01T00:00:00Z', event_id: 'x' };
    expect((await ask('events', { cursor })).body).toMatchObject({
      status: 400,
      errors: [{ path: 'body.cursor' }],
    });
    const series = { from_date: '0000-01-01T00:00:00Z', interval: '1d' };
    expect((await ask('monitoring/timeseries', series)).status).toBe(400);
  });
});

describe('instants far away', () => {
  const ALL = { from_date: '0001-01-01T00:00:00Z', to_date: '9999-12-31T23:59:59.999Z' };

  it('stand for no bound at all', async () => {
    expect((await ask('monitoring/inbound-events', ALL)).body['data']).toHaveLength(1);
    expect((await ask('monitoring/stats', ALL)).body['inbound']).toMatchObject({
      total_events: 1,
      success_count: 1,
    });
  });

  it('before there was anything have nothing', async () => {
    const past = { from_date: '0001-01-01T00:00:00Z', to_date: '1960-01-01T00:00:00Z' };
    expect((await ask('monitoring/stats', past)).body['inbound']).toMatchObject({ total_events: 0 });
    const future = { from_date: '9999-12-31T00:00:00Z', to_date: '9999-12-31T23:59:59.999Z' };
    expect((await ask('monitoring/stats', future)).body['inbound']).toMatchObject({ total_events: 0 });
    const series = await ask('monitoring/timeseries', { ...future, interval: '3h' });
    expect(series.body['buckets']).toHaveLength(8);
  });
});

it('a status that no answer ever had finds nothing', async () => {
  const answer = await ask('monitoring/access-logs', { status: 99_999_999_999 });
  expect(answer.body).toMatchObject({ data: [], has_more: false });
});
