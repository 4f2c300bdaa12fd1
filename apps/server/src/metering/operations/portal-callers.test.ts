import { beforeAll, describe, expect, it } from 'vitest';
import {
  type PortalCustomer,
  portalCustomer,
  relatedTo,
} from '../../portal/service/testing/portal-customer.ts';

let customer: PortalCustomer;

beforeAll(async () => {
  customer = await portalCustomer();
});

async function home(contactId?: string) {
  const counter = await customer.create('meter_counter', { direction: 'feed-out' });
  const meter = await customer.create('meter', { meter_number: '1', counters: relatedTo(counter) });
  const owner = contactId === undefined ? {} : { customer: relatedTo(contactId) };
  const contract = await customer.create('contract', { meters: relatedTo(meter), ...owner });
  const reading = {
    meter_id: meter,
    counter_id: counter,
    timestamp: '2025-01-01T00:00:00Z',
    value: 7,
    source: 'ERP',
  };
  const written = await customer.server.request('POST', '/v2/metering/readings', {
    token: customer.admin,
    body: { readings: [reading] },
  });
  expect(written.status).toBe(200);
  return { counter, meter, contract, reading };
}

describe('a portal user', () => {
  it('sees the meters, counters and readings of their contracts', async () => {
    const { counter, meter, contract } = await home(customer.contactId);
    expect(await customer.ask('GET', `/v1/metering/contract/meters/${contract}`)).toMatchObject({
      status: 200,
      body: { data: [{ _id: meter }] },
    });
    expect(await customer.ask('GET', `/v1/metering/counter?meter_id=${meter}`)).toMatchObject({
      status: 200,
      body: { data: [{ _id: counter }] },
    });
    expect(
      await customer.ask('GET', `/v1/metering/reading/${meter}/${counter}?type=cumulative`),
    ).toMatchObject({
      status: 200,
      body: { hits: 1, results: [{ value: 7 }] },
    });
  });

  it('sees nothing of other people, and writes no batches', async () => {
    const other = await home((await customer.another()).contactId);
    const own = await home(customer.contactId);
    for (const path of [
      `/v1/metering/contract/meters/${other.contract}`,
      `/v1/metering/counter?meter_id=${other.meter}`,
      `/v1/metering/reading/${other.meter}/${other.counter}?type=cumulative`,
      `/v1/metering/reading/${own.meter}/${other.counter}?type=cumulative`,
      `/v1/metering/reading/${other.meter}/none?type=cumulative`,
    ]) {
      expect((await customer.ask('GET', path)).status, path).toBe(404);
    }
    const batch = { readings: [{ ...own.reading, value: 8 }] };
    expect((await customer.ask('POST', '/v2/metering/readings', batch)).status).toBe(401);
    const prune = { meter_id: own.meter, keep_external_ids: [] };
    expect((await customer.ask('POST', '/v2/metering/readings/prune', prune)).status).toBe(401);
  });
});
