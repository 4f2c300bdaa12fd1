import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { type TestServer, testServer } from '../../testing/test-server.ts';

let server: TestServer;
let org: string;
let token: string;

beforeAll(async () => {
  server = await testServer();
  ({ org, token } = await server.organisation());
});

const ask = (method: string, path: string, body?: unknown) => server.request(method, path, { token, body });

async function create(schema: string, attributes: object): Promise<string> {
  const answer = await ask('POST', `/v1/entity/${schema}`, attributes);
  expect(answer.status).toBe(201);
  return String(answer.body['_id']);
}

const link = (...ids: string[]) => ({ $relation: ids.map((entity_id) => ({ entity_id })) });

async function household() {
  const counter = await create('meter_counter', {
    obis_number: '1-0:1.8.0',
    direction: 'feed-out',
    unit: 'kWh',
    external_id: 'Z1',
    forecast_reading_value: 300,
  });
  const meter = await create('meter', { meter_number: 'M1', location: 'Keller', counters: link(counter) });
  const contract = await create('contract', { contract_name: 'Strom', meters: link(meter) });
  return { counter, meter, contract };
}

type Home = Awaited<ReturnType<typeof household>>;

const reading = ({ meter, counter }: Home, timestamp: string, value: number, more: object = {}) => ({
  ...{ meter_id: meter, counter_id: counter, timestamp, value, source: '360' },
  ...more,
});
const batch = (readings: object[], query = '', identifiers?: string[]) =>
  ask('POST', `/v2/metering/readings${query}`, { readings, ...(identifiers ? { identifiers } : {}) });
const list = (home: Home, query: string) =>
  ask('GET', `/v1/metering/reading/${home.meter}/${home.counter}?${query}`);
const values = (answer: { body: { results?: unknown } }) =>
  Array.isArray(answer.body.results) ? answer.body.results.map(({ value }) => value) : [];

async function events(): Promise<Record<string, unknown>[]> {
  const rows = await server.busbar.storage.database
    .tenant(org)
    .query<{ body: Record<string, unknown> }>(
      sql`delete from catalog_event where org_id = ${org} and name in ('MeterReadingAdded', 'ServiceMeterReadingAdded') returning body`,
    );
  return rows.map(({ body }) => body);
}

describe('meters and counters', () => {
  it('are answered to staff, with their neighbours', async () => {
    const home = await household();
    const counters = await ask('GET', `/v1/metering/counter?meter_id=${home.meter}`);
    expect(counters).toMatchObject({
      status: 200,
      body: { data: [{ _id: home.counter, obis_number: '1-0:1.8.0', forecast_reading_value: '300' }] },
    });
    const meters = await ask('GET', `/v1/metering/contract/meters/${home.contract}`);
    expect(meters).toMatchObject({
      status: 200,
      body: { data: [{ _id: home.meter, location: { additional_info: 'Keller' } }] },
    });
    expect((await ask('GET', `/v1/metering/counter?meter_id=${home.counter}`)).status).toBe(404);
  });
});

describe('a batch', () => {
  it('stores readings, raises one event per submission and refreshes the counter', async () => {
    const home = await household();
    await events();
    const written = await batch([
      reading(home, '2025-01-01T10:00:00Z', 240.1, { read_by: 'Birte', remark: 'cellar' }),
    ]);
    expect(written).toMatchObject({
      status: 200,
      body: {
        data: [
          { meter_id: home.meter, value: 240.1, direction: 'feed-out', status: 'valid', read_by: 'Birte' },
        ],
      },
    });
    expect(await events()).toMatchObject([
      {
        _event_name: 'ServiceMeterReadingAdded',
        meter: { _id: home.meter },
        contracts: [{ _id: home.contract }],
        meter_readings: [
          {
            counter_id: home.counter,
            counter_external_id: 'Z1',
            obis_number: '1-0:1.8.0',
            value: 240.1,
            unit: 'kWh',
            direction: 'feed-out',
          },
        ],
        reading_date: '2025-01-01T10:00:00.000Z',
        read_by: 'Birte',
        source: '360',
        remarks: ['cellar'],
      },
    ]);
    const counter = await ask('GET', `/v2/entity/meter_counter/${home.counter}`);
    expect(counter.body).toMatchObject({
      last_reading: '2025-01-01T10:00:00.000Z',
      current_consumption: 240.1,
    });
  });

  it('does not send the readings of the ERP back to it, and takes them as they are', async () => {
    const home = await household();
    await events();
    const erp = (timestamp: string, value: number) => reading(home, timestamp, value, { source: 'ERP' });
    const twice = [erp('2025-01-01T10:00:00Z', 100), erp('2025-02-01T10:00:00Z', 50)];
    expect((await batch(twice)).status).toBe(200);
    expect((await batch(twice)).status).toBe(200);
    expect(await events()).toEqual([]);
    expect(values(await list(home, 'type=cumulative'))).toEqual([100, 50]);
  });

  it.each([
    ['less than the previous', '2025-03-01T00:00:00Z', 99, 'less_than_previous'],
    ['greater than the next', '2025-01-15T00:00:00Z', 201, 'less_than_previous'],
    ['a twin', '2025-01-01T00:00:00Z', 100, 'duplicate_reading'],
    ['the future', '2999-01-01T00:00:00Z', 500, 'timestamp_future'],
  ])('is refused whole for a reading that is %s', async (_name, timestamp, value, reason) => {
    const home = await household();
    await batch([reading(home, '2025-01-01T00:00:00Z', 100), reading(home, '2025-02-01T00:00:00Z', 200)]);
    const good = reading(home, '2025-01-20T00:00:00Z', 150);
    const refused = await batch([good, reading(home, timestamp, value)]);
    expect(refused).toMatchObject({ status: 400, body: { reason } });
    expect(values(await list(home, 'type=cumulative'))).toEqual([100, 200]);
    const trusted = await batch([good, reading(home, timestamp, value)], '?skip_validation=true');
    expect(trusted.status).toBe(200);
  });

  it('finds readings by the identifiers it names', async () => {
    const home = await household();
    const at = (timestamp: string, value: number, registration: string, operation?: string) =>
      reading(home, timestamp, value, {
        metadata: { registration },
        external_id: 'E',
        ...(operation ? { operation } : {}),
      });
    const identifiers = ['metadata.registration'];
    await batch([at('2025-01-01T00:00:00Z', 1, 'a'), at('2025-02-01T00:00:00Z', 2, 'b')], '', identifiers);
    await batch(
      [at('2025-02-02T00:00:00Z', 3, 'b'), at('2025-02-03T00:00:00Z', 4, 'c', 'update')],
      '',
      identifiers,
    );
    expect(values(await list(home, 'type=cumulative'))).toEqual([1, 3]);
    const several = await batch([{ operation: 'delete', external_id: 'E' }], '', ['external_id']);
    expect(several).toMatchObject({ status: 400, body: { reason: 'multiple_readings_found' } });
    const gone = { operation: 'delete', external_id: 'E', metadata: { registration: 'a' } };
    const deleted = await batch([gone], '', ['external_id', ...identifiers]);
    expect(deleted).toMatchObject({ status: 200, body: { data: [{ value: 1 }] } });
    expect(values(await list(home, 'type=cumulative'))).toEqual([3]);
    for (const wrong of [['colour'], ['metadata.other']]) {
      const answer = await batch([at('2025-01-01T00:00:00Z', 1, 'a')], '', wrong);
      expect(answer).toMatchObject({ status: 400, body: { reason: 'invalid_identifiers' } });
    }
  });

  it('has at most 100 readings, and readings of meters only', async () => {
    const home = await household();
    const many = Array.from({ length: 101 }, () => reading(home, '2025-01-01T00:00:00Z', 1));
    expect(await batch(many)).toMatchObject({ status: 400, body: { reason: 'too_many_records' } });
    const lost = await batch([{ ...reading(home, '2025-01-01T00:00:00Z', 1), meter_id: home.contract }]);
    expect(lost).toMatchObject({ status: 400, body: { errors: [{ path: 'body.readings[0].meter_id' }] } });
  });
});

describe('readings by interval', () => {
  it('takes dates as whole German days, and pages', async () => {
    const home = await household();
    await batch([
      reading(home, '2025-01-09T22:59:59.999Z', 1),
      reading(home, '2025-01-09T23:00:00Z', 2),
      reading(home, '2025-01-10T22:59:59.999Z', 3),
      reading(home, '2025-01-10T23:00:00Z', 4),
    ]);
    const day = await list(home, 'type=cumulative&start_date=2025-01-10&end_date=2025-01-10');
    expect(day).toMatchObject({
      status: 200,
      body: { hits: 2, firstRecordCreatedAt: '2025-01-09T22:59:59.999Z' },
    });
    expect(values(day)).toEqual([2, 3]);
    const page = await list(home, 'type=cumulative&sort=desc&from=1&size=2');
    expect([page.body['hits'], values(page)]).toEqual([4, [3, 2]]);
    expect(values(await list(home, 'type=cumulative&size=-1'))).toHaveLength(4);
    expect((await list(home, 'type=cumulative&start_date=2025-02-30')).status).toBe(400);
    expect((await list(home, 'type=cumulative&start_date=2025-02-02&end_date=2025-02-01')).status).toBe(400);
  });

  it('gives consumption exactly, from the reading before the interval on', async () => {
    const home = await household();
    await batch([
      reading(home, '2025-01-01T00:00:00Z', 0.1),
      reading(home, '2025-02-01T00:00:00Z', 0.3),
      reading(home, '2025-03-01T00:00:00Z', 1000.7),
      reading(home, '2025-04-01T00:00:00Z', 5, { reason: 'meter_change' }),
      reading(home, '2025-05-01T00:00:00Z', 5.3),
    ]);
    expect(values(await list(home, 'type=relative'))).toEqual([0.2, 1000.4, 0.3]);
    const later = await list(home, 'type=relative&start_date=2025-02-15');
    expect([later.body['hits'], values(later)]).toEqual([2, [1000.4, 0.3]]);
  });
});

describe('ids that are none', () => {
  const urn = 'urn:uuid:7a1b0c9e-1111-4222-8333-444455556666';

  it.each([urn, 'x', '7A1B0C9E-1111-4222-8333-444455556666'])('%s is nobody', async (id) => {
    const home = await household();
    const at = { timestamp: '2025-01-01T00:00:00Z' };
    const answers = await Promise.all([
      ask('GET', `/v1/metering/counter?meter_id=${id}`),
      ask('GET', `/v1/metering/contract/meters/${id}`),
      ask('GET', `/v1/metering/reading/${id}/${home.counter}?type=cumulative`),
      ask('GET', `/v1/metering/reading/${home.meter}/${id}?type=cumulative`),
      batch([reading({ ...home, meter: id }, at.timestamp, 1)]),
      batch([reading({ ...home, counter: id }, at.timestamp, 1)]),
    ]);
    for (const { status } of answers) expect([400, 404]).toContain(status);
    const harmless = await Promise.all([
      batch([{ operation: 'delete', meter_id: id, ...at }]),
      batch([{ operation: 'delete', meter_id: home.meter, counter_id: id, ...at }]),
      ask('POST', '/v2/metering/readings/prune', { meter_id: id, keep_external_ids: [] }),
      ask('POST', '/v2/metering/readings/prune', {
        meter_id: home.meter,
        counter_id: id,
        keep_external_ids: [],
      }),
    ]);
    for (const { status } of harmless) expect([200, 400]).toContain(status);
  });

  it('are read whatever the case of their letters', async () => {
    const home = await household();
    await batch([reading(home, '2025-01-01T00:00:00Z', 1)]);
    const shouted = {
      operation: 'delete',
      meter_id: home.meter.toUpperCase(),
      timestamp: '2025-01-01T00:00:00Z',
    };
    expect(await batch([shouted])).toMatchObject({ status: 200, body: { data: [{ value: 1 }] } });
  });
});

describe('pruning', () => {
  it('counts first and deletes what is not kept', async () => {
    const home = await household();
    const named = (day: string, external_id: string) =>
      reading(home, `2025-01-${day}T00:00:00Z`, Number(day), { external_id });
    await batch([named('01', 'a'), named('02', 'b'), reading(home, '2025-01-03T00:00:00Z', 3)]);
    const prune = (query: string, more: object = {}) =>
      ask('POST', `/v2/metering/readings/prune${query}`, {
        meter_id: home.meter,
        keep_external_ids: ['a'],
        ...more,
      });
    expect((await prune('?dry_run=true')).body['data']).toEqual({ deleted_count: 1, kept_count: 2 });
    expect(values(await list(home, 'type=cumulative'))).toHaveLength(3);
    expect((await prune('')).body['data']).toEqual({ deleted_count: 1, kept_count: 2 });
    expect((await prune('', { source: '360' })).body['data']).toEqual({ deleted_count: 1, kept_count: 1 });
    expect(values(await list(home, 'type=cumulative'))).toEqual([1]);
  });
});

it('a number that JSON cannot hold is refused with its place', async () => {
  for (const value of ['1e400', `1${'0'.repeat(400)}`, '-12345e+0306']) {
    const answer = await server.request('POST', '/v2/metering/readings', {
      token,
      body: `{"readings":[{"source":"ERP","value":${value}}]}`,
    });
    expect([answer.status, answer.body['errors']?.[0]?.['path']]).toEqual([400, 'body.readings[0].value']);
  }
});
