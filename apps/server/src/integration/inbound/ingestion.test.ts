import { beforeAll, describe, expect, it } from 'vitest';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const NAME = [
  { attribute: 'external_id', field: 'nr' },
  { attribute: 'last_name', jsonataExpression: '$uppercase(name)' },
];

describe('an inbound event', () => {
  let erp: ErpFixture;
  beforeAll(async () => {
    erp = await erpFixture([useCase('customer', 'contact', NAME)]);
  });

  it('is accepted, and its entity is written by the job that follows', async () => {
    const results = await erp.send([event('customer', { nr: '1', name: 'Wolf' })]);
    expect(results).toMatchObject([{ status: 'success', event_id: expect.stringMatching(/^evt_/) }]);
    expect(await erp.find('contact', 'external_id', '1')).toEqual([]);
    await erp.server.work();
    expect((await erp.find('contact', 'external_id', '1')).map(({ doc }) => doc['last_name'])).toEqual([
      'WOLF',
    ]);
    expect(await erp.monitoring({ event_id: results[0]?.['event_id'] })).toMatchObject([
      { status: 'success', sync_type: 'entity', object_type: 'customer', error_code: null },
    ]);
  });
});
