import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../storage/index.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';

let customer: PortalCustomer;

const staff = (method: string, path: string, body?: unknown) =>
  customer.server.request(method, path, { token: customer.admin, body });

/** Lets readings of the organisation's counters wait. */
async function editMode(edit_mode: string, edit_mode_config: object = {}) {
  const { body: schema } = await staff('GET', '/v1/entity/schemas/meter_counter');
  const attributes = Object.values(schema['attributes'] ?? {}).map((attribute) =>
    String(attribute['name']) === 'current_consumption'
      ? { ...attribute, edit_mode, edit_mode_config }
      : attribute,
  );
  const saved = await staff('PUT', '/v1/entity/schemas/meter_counter', { ...schema, attributes });
  expect(saved.status).toBe(200);
}

async function home() {
  const contract = await customer.create('contract', { customer: relatedTo(customer.contactId) });
  const meter = await customer.create('meter', { contract: relatedTo(contract) });
  const counter = await customer.create('meter_counter', {
    ...{ direction: 'feed-out', meter: relatedTo(meter) },
  });
  const path = `/v1/metering/reading/${meter}/${counter}`;
  return {
    meter,
    counter,
    path,
    submit: (value: number, timestamp: string) =>
      customer.ask('POST', '/v2/portal/metering/reading', {
        ...{ meter_id: meter, source: 'ECP', value, timestamp },
      }),
    pending: async () => {
      const { status, body } = await staff('GET', `${path}/changesets`);
      expect(status).toBe(200);
      return Object.values(body['changesets'] ?? {});
    },
    stored: async () => {
      const { body } = await staff('GET', `${path}?type=cumulative`);
      return Object.values(body['results'] ?? {}).map(({ value, status }) => [value, status]);
    },
    consumption: async () =>
      (await staff('GET', `/v2/entity/meter_counter/${counter}`)).body['current_consumption'],
    erp: (value: number, timestamp: string) =>
      staff('POST', '/v2/metering/readings', {
        readings: [{ meter_id: meter, counter_id: counter, source: 'ERP', value, timestamp }],
      }),
    events: () =>
      customer.server.busbar.storage.database.tenant(customer.org).query<object>(sql`
        select id from catalog_event where org_id = ${customer.org} and name = 'MeterReadingAdded'
           and body -> 'meter' ->> '_id' = ${meter}`),
  };
}

type Home = Awaited<ReturnType<typeof home>>;

/** A reading of a customer that waits. */
async function proposed(place: Home, value = 120) {
  expect((await place.submit(value, '2026-03-01T08:00:00.000Z')).status).toBe(200);
  const [changeset] = await place.pending();
  return String(changeset?.['changeset_id']);
}

beforeAll(async () => {
  customer = await portalCustomer();
  await editMode('approval');
});

describe('a reading of a counter whose edit mode is not direct', () => {
  it('waits, and everybody is told', async () => {
    const place = await home();
    const { status, body } = await place.submit(120, '2026-03-01T08:00:00.000Z');
    expect([status, body['data']]).toMatchObject([
      200,
      { value: 120, status: 'in-validation', source: 'ECP' },
    ]);
    expect(await place.stored()).toEqual([]);
    expect(await place.consumption()).toBeUndefined();
    expect(await place.pending()).toMatchObject([
      {
        ...{ meter_id: place.meter, counter_id: place.counter, edit_mode: 'approval', source: 'ECP' },
        proposed: { value: 120, direction: 'feed-out', timestamp: '2026-03-01T08:00:00.000Z' },
        created_by: { type: 'portal_user', id: customer.portalUserId },
      },
    ]);
    expect(await place.events()).toHaveLength(1);
    expect(await customer.ask('GET', `${place.path}/changesets`)).toMatchObject({ status: 200 });
  });

  it('is replaced by a better one of the same instant', async () => {
    const place = await home();
    await proposed(place, 120);
    await proposed(place, 130);
    expect(await place.pending()).toMatchObject([{ proposed: { value: 130 } }]);
  });

  it('is held against the stored readings all the same', async () => {
    const place = await home();
    expect((await place.erp(500, '2026-02-01T00:00:00.000Z')).status).toBe(200);
    expect(await place.submit(120, '2026-03-01T08:00:00.000Z')).toMatchObject({
      ...{ status: 400, body: { reason: 'less_than_previous' } },
    });
    expect(await place.pending()).toEqual([]);
  });

  it('is stored once staff applies it', async () => {
    const place = await home();
    const id = await proposed(place);
    const { status, body } = await staff('POST', `${place.path}/changesets/${id}:apply`);
    expect([status, body]).toMatchObject([
      200,
      { reading: { value: 120, status: 'valid', source: 'ECP' }, changeset: { changeset_id: id } },
    ]);
    expect(await place.stored()).toEqual([[120, 'valid']]);
    expect(await place.consumption()).toBe(120);
    expect(await place.pending()).toEqual([]);
    expect(await place.events()).toHaveLength(2);
    const { body: feed } = await staff('GET', `/v1/entity/meter/${place.meter}/activity`);
    expect(Object.values(feed['results'] ?? {}).map(({ type }) => type)).toContain('ChangesetApplied');
    expect((await staff('POST', `${place.path}/changesets/${id}:apply`)).status).toBe(404);
  });

  it('is gone once staff dismisses it', async () => {
    const place = await home();
    const id = await proposed(place);
    expect(
      await staff('POST', `${place.path}/changesets/${id}:dismiss`, { reason: 'Zahlendreher' }),
    ).toMatchObject({ status: 200, body: { changeset_id: id, dismissed_reason: 'Zahlendreher' } });
    expect([await place.stored(), await place.pending()]).toEqual([[], []]);
  });

  it('is corrected by staff before it is applied', async () => {
    const place = await home();
    const id = await proposed(place);
    const change = (body: object) => staff('PATCH', `${place.path}/changesets/${id}`, { proposed: body });
    expect(await change({ value: 121, remark: 'abgelesen' })).toMatchObject({
      ...{ status: 200, body: { proposed: { value: 121, remark: 'abgelesen', direction: 'feed-out' } } },
    });
    for (const body of [
      {},
      { value: 'x' },
      { value: 1, timestamp: '1.3.2026' },
      { value: 1, reason: 'so' },
    ]) {
      expect((await change(body)).status, JSON.stringify(body)).toBe(400);
    }
    expect((await change({ value: -1 })).status).toBe(400);
    const infinite = '{"proposed":{"value":1e400}}';
    expect((await staff('PATCH', `${place.path}/changesets/${id}`, infinite)).status).toBe(400);
    await staff('POST', `${place.path}/changesets/${id}:apply`);
    expect(await place.stored()).toEqual([[121, 'valid']]);
  });

  it('is decided by staff of the organisation only', async () => {
    const place = await home();
    const id = await proposed(place);
    const stranger = await portalCustomer();
    const paths = [`${place.path}/changesets/${id}:apply`, `${place.path}/changesets/${id}:dismiss`];
    for (const path of paths) {
      expect((await customer.ask('POST', path)).status).toBe(401);
      expect((await stranger.server.request('POST', path, { token: stranger.admin })).status).toBe(404);
    }
    const other = await customer.another();
    const seen = await customer.server.request('GET', `${place.path}/changesets`, { token: other.token });
    expect(seen.status).toBe(404);
    expect(await place.pending()).toHaveLength(1);
  });

  it('is shown beside the stored ones to whoever asks for it, within the interval', async () => {
    const place = await home();
    expect((await place.erp(100, '2026-02-01T00:00:00.000Z')).status).toBe(200);
    await proposed(place, 120);
    const read = (query: string) => customer.ask('GET', `${place.path}?type=cumulative${query}`);
    expect((await read('')).body).not.toHaveProperty('pending_changesets');
    expect((await read('&include_pending_changesets=true')).body).toMatchObject({
      ...{ hits: 1, results: [{ value: 100 }] },
      pending_changesets: [{ counter_id: place.counter, proposed: { value: 120 }, edit_mode: 'approval' }],
    });
    for (const elsewhere of ['&end_date=2026-02-28', '&start_date=2026-03-02', '&direction=feed-in']) {
      const { body } = await read(`&include_pending_changesets=true${elsewhere}`);
      expect(body['pending_changesets'], elsewhere).toEqual([]);
    }
    const withoutCounter = `/v1/metering/reading/${place.meter}/none?type=cumulative&include_pending_changesets=true`;
    expect((await customer.ask('GET', withoutCounter)).body['pending_changesets']).toEqual([]);
  });

  it('tells those who share the meter what waits, and nobody but staff and themselves who proposed it', async () => {
    const place = await home();
    const neighbour = await customer.another();
    await customer.create('contract', {
      ...{ customer: relatedTo(neighbour.contactId), meters: relatedTo(place.meter) },
    });
    await proposed(place);
    const creators = async (token: string) => {
      const ask = (path: string) => customer.server.request('GET', path, { token });
      const listed = await ask(`${place.path}/changesets`);
      const beside = await ask(`${place.path}?type=cumulative&include_pending_changesets=true`);
      return [listed.body['changesets'], beside.body['pending_changesets']].map(
        (all) => all?.[0]?.['created_by'],
      );
    };
    const own = { type: 'portal_user', id: customer.portalUserId };
    expect(await creators(customer.token)).toEqual([own, own]);
    expect(await creators(customer.admin)).toEqual([own, own]);
    expect(await creators(neighbour.token)).toEqual([{ type: 'portal_user' }, { type: 'portal_user' }]);
  });

  it('that waits for approval is not confirmed by an ERP', async () => {
    const place = await home();
    await proposed(place);
    await place.erp(120, '2026-03-01T08:00:00.000Z');
    expect(await place.pending()).toHaveLength(1);
  });
});

describe('a reading that waits for the ERP', () => {
  it('is confirmed by the same value of the same instant', async () => {
    await editMode('external');
    const place = await home();
    await proposed(place);
    await place.erp(120, '2026-03-01T08:00:01.000Z');
    expect(await place.pending()).toHaveLength(1);
    await place.erp(120, '2026-03-01T08:00:00.000Z');
    expect(await place.pending()).toEqual([]);
  });

  it('is confirmed by what the schema lets pass', async () => {
    await editMode('external', {
      match_strategy: 'fuzzy',
      reading_thresholds: { absolute_threshold: 2 },
      timestamp_tolerance: { type: 'same-day', timezone: 'Europe/Berlin' },
    });
    const place = await home();
    await proposed(place);
    await place.erp(123, '2026-03-01T00:00:00.000Z');
    expect(await place.pending()).toHaveLength(1);
    await place.erp(122, '2026-03-01T22:59:00.000Z');
    expect(await place.pending()).toEqual([]);
  });
});

it('a portal that keeps the consumption for approval lets readings wait', async () => {
  const careful = await portalCustomer({
    approval_state_attributes: { meter_counter: ['current_consumption'] },
  });
  const contract = await careful.create('contract', { customer: relatedTo(careful.contactId) });
  const meter = await careful.create('meter', { contract: relatedTo(contract) });
  const counter = await careful.create('meter_counter', { direction: 'feed-out', meter: relatedTo(meter) });
  const reading = { meter_id: meter, source: 'ECP', value: 5, timestamp: '2026-03-01T08:00:00.000Z' };
  expect((await careful.ask('POST', '/v2/portal/metering/reading', reading)).status).toBe(200);
  const path = `/v1/metering/reading/${meter}/${counter}/changesets`;
  expect(await careful.ask('GET', path)).toMatchObject({ body: { changesets: [{ edit_mode: 'approval' }] } });
});
