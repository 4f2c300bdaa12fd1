import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../refusal.ts';
import { sql } from '../../../storage/index.ts';
import { testServer } from '../../../testing/test-server.ts';
import { meteringCaller } from '../testing/metering-caller.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';

const READING = '/v2/portal/metering/reading';
const NOW = new Date('2026-07-10T10:00:00.000Z');

let customer: PortalCustomer;

beforeAll(async () => {
  (await testServer()).clock.set(NOW);
  customer = await portalCustomer({ meter_reading_grace_period: 10 });
});

afterEach(() => customer.server.clock.set(NOW));

/** A meter of the customer with one counter per direction, and the contract it belongs to. */
async function installMeter(
  options: { contract?: object; meter?: object; counters?: readonly object[]; of?: PortalCustomer } = {},
) {
  const { create, contactId } = options.of ?? customer;
  const contract = await create('contract', { customer: relatedTo(contactId), ...options.contract });
  const meter = await create('meter', { contract: relatedTo(contract), ...options.meter });
  const counters = options.counters ?? [{ direction: 'feed-out', unit: 'kWh', obis_number: '1-0:1.8.0' }];
  const ids: string[] = [];
  for (const counter of counters)
    ids.push(await create('meter_counter', { meter: relatedTo(meter), ...counter }));
  return { contract, meter, counters: ids, counter: ids[0] ?? '' };
}

const submit = (body: object, query = '') =>
  customer.ask('POST', `${READING}${query}`, { source: 'ECP', ...body });

const reason = async (body: object) => {
  const { status, body: answer } = await submit(body);
  return status === 200 ? 'stored' : [status, answer['reason']];
};

async function eventsOf(meter: string) {
  return customer.server.busbar.storage.database.tenant(customer.org).query<{ body: object }>(sql`
    select body from catalog_event where org_id = ${customer.org} and name = 'MeterReadingAdded'
       and body -> 'meter' ->> '_id' = ${meter} order by id`);
}

describe('createMeterReading', () => {
  it('stores a reading, brings its counter up to date and tells everybody in one go', async () => {
    const { meter, counter, contract } = await installMeter();
    const { status, body } = await submit({
      ...{ meter_id: meter, value: 240.5, source: 'ERP', status: 'implausible', external_id: 'x' },
      ...{ read_by: 'Kim', remark: 'Keller', metadata: { unit: 'A' }, reason: 'regular' },
    });
    expect([status, body]).toEqual([
      200,
      {
        data: {
          ...{ meter_id: meter, counter_id: counter, direction: 'feed-out', value: 240.5 },
          ...{ timestamp: NOW.toISOString(), source: 'ECP', reason: 'regular', status: 'valid' },
          ...{ read_by: 'Kim', remark: 'Keller', metadata: { unit: 'A' } },
        },
      },
    ]);
    const { admin, server, portalUserId } = customer;
    const stored = await server.request('GET', `/v2/entity/meter_counter/${counter}`, { token: admin });
    expect(stored.body['entity'] ?? stored.body).toMatchObject({
      last_reading: NOW.toISOString(),
      current_consumption: 240.5,
    });
    const [event, ...others] = await eventsOf(meter);
    expect(others).toEqual([]);
    expect(event?.body).toMatchObject({
      _trigger_source_type: 'portal_user',
      _trigger_source: portalUserId,
      meter: { _id: meter },
      contracts: [{ _id: contract }],
      meter_readings: [{ counter_id: counter, value: 240.5, unit: 'kWh', direction: 'feed-out' }],
      reading_date: NOW.toISOString(),
      source: 'portal',
    });
    for (const path of [`meter/${meter}`, `contract/${contract}`]) {
      const feed = await server.request('GET', `/v1/entity/${path}/activity`, { token: admin });
      expect(JSON.stringify(feed.body)).toContain('"type":"CreateMeterReading"');
    }
  });

  it('keeps what older clients write: free text as a reason, and `note`', async () => {
    const { meter } = await installMeter();
    const first = await submit({ meter_id: meter, value: 1, reason: 'Storing the feed-in record' });
    expect(first.body['data']).toMatchObject({ reason: null, remark: 'Storing the feed-in record' });
    const second = await submit({
      meter_id: meter,
      value: 1,
      reason: '',
      note: 'abgelesen',
      timestamp: '2026-07-09',
    });
    expect(second.body['data']).toMatchObject({
      ...{ reason: null, remark: 'abgelesen' },
      // Midnight in Germany.
      timestamp: '2026-07-08T22:00:00.000Z',
    });
  });

  it('refuses what the neighbours of the counter exclude', async () => {
    const { meter } = await installMeter();
    const on = (timestamp: string, value: number, more: object = {}) =>
      reason({ meter_id: meter, timestamp, value, ...more });
    expect(await on('2026-05-01', 100)).toBe('stored');
    expect(await on('2026-07-01', 300)).toBe('stored');
    expect(await on('2026-06-01', 99.999)).toEqual([400, 'less_than_previous']);
    expect(await on('2026-06-01', 300.001)).toEqual([400, 'greater_than_subsequent']);
    expect(await on('2026-06-01', 100)).toBe('stored');
    expect(await on('2026-06-01', 150)).toBe('stored');
    expect(await on('2026-07-02', 5, { reason: 'meter_change' })).toBe('stored');
    expect(await on('2026-07-03', -1)).toEqual([400, 'less_than_previous']);
  });

  it('refuses meters, counters, directions and times that do not fit', async () => {
    const both = [{ direction: 'feed-out' }, { direction: 'feed-in' }];
    const { meter, counters } = await installMeter({ counters: both });
    const gone = await installMeter({ meter: { status: 'decommissioned' } });
    const blank = await installMeter({ counters: [{}] });
    const small = await installMeter({ counters: [{ direction: 'feed-out', digits: 3 }] });
    expect(await reason({ meter_id: gone.meter, value: 1 })).toEqual([400, 'meter_decommissioned']);
    expect(await reason({ meter_id: meter, value: 1 })).toEqual([400, 'no_counter']);
    expect(await reason({ meter_id: meter, value: 1, counter_id: randomUUID() })).toEqual([
      400,
      'no_counter',
    ]);
    expect(
      await reason({ meter_id: meter, value: 1, counter_id: counters[0], direction: 'feed-in' }),
    ).toEqual([400, 'no_counter']);
    expect(await reason({ meter_id: meter, value: 1, direction: 'feed-in' })).toBe('stored');
    expect(await reason({ meter_id: blank.meter, value: 1 })).toEqual([400, 'no_direction']);
    expect(await reason({ meter_id: small.meter, value: 1000 })).toEqual([400, 'greater_than_subsequent']);
    expect(await reason({ meter_id: small.meter, value: 999.9 })).toBe('stored');
    expect(
      await reason({ meter_id: meter, value: 1, direction: 'feed-out', timestamp: '2026-07-10T10:05:01Z' }),
    ).toEqual([400, 'timestamp_future']);
    expect(await reason({ meter_id: meter, value: 1, direction: 'feed-out', timestamp: 'gestern' })).toEqual([
      400,
      undefined,
    ]);
  });

  it('asks for a contract on the day, give or take the grace period', async () => {
    const { meter } = await installMeter({
      contract: { start_date: '2026-06-01', termination_date: '2026-06-20', end_date: '2026-12-31' },
    });
    const on = (timestamp: string) => reason({ meter_id: meter, value: 7, timestamp });
    expect(await on('2026-05-21')).toEqual([400, 'contract_period']);
    expect(await on('2026-05-22')).toBe('stored');
    expect(await on('2026-06-30')).toBe('stored');
    expect(await on('2026-07-01')).toEqual([400, 'contract_period']);
  });

  it('hides the meters of others', async () => {
    const other = await customer.another();
    const { meter } = await installMeter({ of: { ...customer, ...other } });
    const { meter: elsewhere } = await installMeter({ of: await portalCustomer() });
    for (const meter_id of [meter, elsewhere, randomUUID()]) {
      expect(await reason({ meter_id, value: 1 })).toEqual([403, undefined]);
    }
    const { server, admin } = customer;
    const body = { meter_id: meter, value: 1, source: 'ECP' };
    expect((await server.request('POST', READING, { body })).status).toBe(401);
    expect((await server.request('POST', READING, { body, token: admin })).status).toBe(401);
    expect((await server.request('POST', READING, { body, token: other.token })).status).toBe(200);
    const { identity } = server.busbar.rooms;
    const preview = await identity.issuePreviewToken(customer.org, customer.portalId, other.portalUserId);
    expect((await server.request('POST', READING, { body, token: preview })).status).toBe(403);
  });
});

describe('how often a counter may be read', () => {
  it('follows the rule for the meter counters of contracts, per counter', async () => {
    const rule = {
      slug: 'contract',
      attribute: 'meter_counter',
      rule_type: 'cadence',
      cadence_period_type: 'days',
      cadence_period: 2,
    };
    const limited = await portalCustomer({ entity_edit_rules: [rule] });
    const { meter, counters } = await installMeter({
      of: limited,
      counters: [{ direction: 'feed-out' }, { direction: 'feed-in' }],
    });
    const read = (counter_id: string | undefined, value: number) =>
      limited.ask('POST', READING, { meter_id: meter, counter_id, value, source: 'ECP' });
    expect((await read(counters[0], 1)).status).toBe(200);
    limited.server.clock.set(new Date('2026-07-10T10:30:00.000Z'));
    const blocked = await read(counters[0], 2);
    expect([blocked.status, blocked.body]).toMatchObject([
      403,
      { reason: 'ENTITY_EDIT_RULE', failed_rule: rule, next_allowed_at: '2026-07-12T10:00:00.000Z' },
    ]);
    expect((await read(counters[1], 2)).status).toBe(200);
  });

  it('holds for readings that arrive at once', async () => {
    const rule = { slug: 'contract', attribute: 'meter_counter', rule_type: 'cadence', changes_allowed: 1 };
    const limited = await portalCustomer({ entity_edit_rules: [rule] });
    const { meter } = await installMeter({ of: limited });
    let time = NOW.getTime();
    // Readings of the same instant would be corrections of each other.
    const caller = meteringCaller(limited, { clock: { now: () => new Date(time++) } });
    const submissions = [1, 2, 3, 4].map((day) =>
      caller.submit({ meter_id: meter, value: 7, timestamp: `2026-07-0${day}` }).then(
        () => 'stored',
        (error: unknown) => (error instanceof Refusal ? error.code : error),
      ),
    );
    const results = await Promise.all(submissions);
    expect(results.sort()).toEqual(['ENTITY_EDIT_RULE', 'ENTITY_EDIT_RULE', 'ENTITY_EDIT_RULE', 'stored']);
  });
});
