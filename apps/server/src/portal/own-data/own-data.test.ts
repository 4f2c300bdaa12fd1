import { beforeAll, describe, expect, it } from 'vitest';
import { SpotPrices } from '../../pricing/index.ts';
import { testDatabase } from '../../testing/test-database.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../service/testing/portal-customer.ts';

let customer: PortalCustomer;
beforeAll(async () => {
  customer = await portalCustomer();
});

interface Household {
  readonly contract: string;
  readonly meter: string;
}

const at = (day: string) => new Date(`${day}T00:00:00.000Z`).toISOString();

async function write(meter: string, counter: string, direction: string, values: Record<string, number>) {
  const readings = Object.entries(values).map(([timestamp, value]) => ({
    ...{ meter_id: meter, counter_id: counter, direction, timestamp, value, source: 'ERP' },
  }));
  for (let first = 0; first < readings.length; first += 100) {
    const answer = await customer.server.request('POST', '/v2/metering/readings?skip_validation=true', {
      token: customer.admin,
      body: { readings: readings.slice(first, first + 100) },
    });
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  }
}

/** A contract of the customer with one meter, whose registers have these OBIS codes. */
async function household(
  contract: object = {},
  registers: Record<string, Record<string, number>> = {},
): Promise<Household> {
  const { create, contactId } = customer;
  const id = await create('contract', { customer: relatedTo(contactId), status: 'active', ...contract });
  const meter = await create('meter', { contract: relatedTo(id) });
  for (const [obis, values] of Object.entries(registers)) {
    const direction = obis.includes('2.8') ? 'feed-in' : 'feed-out';
    const counter = await create('meter_counter', {
      ...{ meter: relatedTo(meter), obis_number: obis, unit: 'kWh', direction },
    });
    await write(meter, counter, direction, values);
  }
  return { contract: id, meter };
}

/** A product with a work price of 30 ct/kWh and a base price of 12 EUR a month, without tax, 19 % VAT. */
async function product(work: object = {}) {
  const { create } = customer;
  const tax = await create('tax', { type: 'VAT', rate: 19 });
  const common = {
    type: 'recurring',
    unit_amount_currency: 'EUR',
    tax: relatedTo(tax),
    is_tax_inclusive: false,
  };
  const workPrice = await create('price', {
    ...{
      ...common,
      description: 'Arbeitspreis',
      unit: 'kwh',
      variable_price: true,
      pricing_model: 'per_unit',
    },
    ...{ billing_period: 'yearly', unit_amount: 30, unit_amount_decimal: '0.30', ...work },
  });
  const base = await create('price', {
    ...{ ...common, description: 'Grundpreis', billing_period: 'monthly', pricing_model: 'per_unit' },
    ...{ unit_amount: 1200, unit_amount_decimal: '12.00' },
  });
  return create('product', { name: 'Strom', price_options: relatedTo(workPrice, base) });
}

function ask(path: string, query: Record<string, string>, { meter, contract }: Partial<Household> = {}) {
  const context = [
    ...(meter ? [{ entity_id: meter, entity_schema: 'meter' }] : []),
    ...(contract ? [{ entity_id: contract, entity_schema: 'contract' }] : []),
  ];
  const all = new URLSearchParams({
    ...{ extensionId: 'busbar', ...query },
    ...(context.length > 0 ? { context_entities: JSON.stringify(context) } : {}),
  });
  return customer.ask('GET', `/v2/portal/${path}?${all}`);
}

const values = (records: unknown, name: string) =>
  Array.isArray(records) ? records.map((record: Record<string, unknown>) => record[name]) : records;

describe('consumption from stored readings', () => {
  it('is spread evenly over the days of Germany, which have 23, 24 or 25 hours', async () => {
    const { meter } = await household(
      {},
      {
        '1-1:1.8.0': { '2025-03-29T23:00:00Z': 1_000, '2025-03-31T22:00:00Z': 1_047 },
      },
    );
    const query = { from: '2025-03-29T23:00:00Z', to: '2025-03-31T22:00:00Z' };
    const days = await ask('consumption', { ...query, interval: 'P1D' }, { meter });
    expect(days.body['consumptions']).toEqual([
      { timestamp: '2025-03-29T23:00:00.000Z', value: 23, type: 'feed-out', unit: 'kWh' },
      { timestamp: '2025-03-30T22:00:00.000Z', value: 24, type: 'feed-out', unit: 'kWh' },
    ]);
    const quarters = await ask('consumption', { ...query, interval: 'PT15M' }, { meter });
    expect(values(quarters.body['consumptions'], 'value')).toEqual(Array(188).fill(0.25));
    const custom = await ask('consumption', { ...query, interval: 'custom' }, { meter });
    expect(custom.body['consumptions']?.[0]).toMatchObject({
      ...{ value: 47, timestamp: '2025-03-29T23:00:00.000Z' },
      period: { from: '2025-03-29T23:00:00.000Z', to: '2025-03-31T22:00:00.000Z' },
    });
  });

  it('tells tariffs and directions apart, and does not count a total twice', async () => {
    const { meter } = await household(
      {},
      {
        '1-1:1.8.0': { [at('2025-01-01')]: 0, [at('2025-01-03')]: 48 },
        '1-1:1.8.1': { [at('2025-01-01')]: 0, [at('2025-01-03')]: 32 },
        '1-1:1.8.2': { [at('2025-01-01')]: 0, [at('2025-01-03')]: 16 },
        '1-1:2.8.0': { [at('2025-01-01')]: 5, [at('2025-01-03')]: 9 },
      },
    );
    const answer = await ask(
      'consumption',
      { from: '2025-01-01T00:00:00Z', to: '2025-01-03T00:00:00Z', interval: 'P1M' },
      { meter },
    );
    const found = answer.body['consumptions'];
    const byType = Object.fromEntries(
      (Array.isArray(found) ? found : []).map((record) => [record['type'], record['value']]),
    );
    expect(byType).toEqual({ ht: 32, nt: 16, 'feed-in': 4 });
    const chart = await ask('visualization/metadata', { app_id: 'busbar' }, { meter });
    expect(chart.body).toMatchObject({
      data_range: { from: at('2025-01-01'), to: at('2025-01-03') },
      intervals: ['PT15M', 'PT1H', 'P1D', 'P1M', 'P1Y'],
    });
    expect(values(chart.body['type_options'], 'id')).toEqual(expect.arrayContaining(['ht', 'nt', 'feed-in']));
  });

  it('is the same by month whether load profiles or two readings are stored', async () => {
    const profile = Object.fromEntries(
      Array.from({ length: 97 }, (_, n) => [
        new Date(Date.UTC(2025, 4, 30, 22) + n * 1_800_000).toISOString(),
        n * n,
      ]),
    );
    const { meter } = await household({}, { '1-1:1.8.0': profile });
    const answer = await ask(
      'consumption',
      { from: '2025-05-01T00:00:00Z', to: '2025-07-01T00:00:00Z', interval: 'P1M' },
      { meter },
    );
    expect(values(answer.body['consumptions'], 'value')).toEqual([48 * 48, 96 * 96 - 48 * 48]);
  });

  it('refuses what cannot be drawn, and shows nobody else’s', async () => {
    const { meter } = await household();
    const query = { from: '2020-01-01T00:00:00Z', to: '2025-01-01T00:00:00Z' };
    expect((await ask('consumption', { ...query, interval: 'PT15M' }, { meter })).status).toBe(400);
    expect((await ask('consumption', { ...query, interval: 'P1D' }, { meter })).body).toEqual({
      consumptions: [],
    });
    expect((await ask('costs', { ...query, interval: 'custom' })).status).toBe(400);
    expect((await ask('consumption', { ...query, interval: 'P1D', hookId: 'else' })).status).toBe(404);
    const foreign = await customer.create('meter', {});
    expect((await ask('consumption', { ...query, interval: 'P1D' }, { meter: foreign })).status).toBe(403);
    const stranger = await customer.another();
    const path = `/v2/portal/consumption?${new URLSearchParams({ ...query, interval: 'P1D', extensionId: 'busbar' })}`;
    const answer = await customer.server.request('GET', path, { token: stranger.token });
    expect(answer.body).toEqual({ consumptions: [] });
  });
});

describe('prices and costs of a contract', () => {
  it('are those of its product, net, with the base price by the time', async () => {
    const home = await household(
      { products: relatedTo(await product()) },
      { '1-1:1.8.0': { '2024-12-31T23:00:00Z': 100, '2025-03-31T22:00:00Z': 1_179 } },
    );
    const query = { from: '2024-12-31T23:00:00Z', to: '2025-03-31T22:00:00Z', interval: 'P1M' };
    const prices = await ask('prices', query, home);
    expect(prices.body['prices']).toHaveLength(3);
    expect(prices.body['prices']?.[0]).toEqual({
      ...{ timestamp: '2024-12-31T23:00:00.000Z', unit_amount: 30, unit_amount_decimal: '0.3' },
      ...{ unit_amount_currency: 'EUR', tax_behavior: 'exclusive', tax_rate: 19 },
    });
    // 2159 hours, since summer time begins in March.
    const costs = await ask('costs', query, home);
    [744, 672, 743].forEach((hours, month) => {
      const cost = Number(costs.body['costs']?.[month]?.['unit_amount_decimal']);
      expect(cost).toBeCloseTo((1_079 * hours * 0.3) / 2_159 + 12, 5);
    });
    expect(values(costs.body['costs'], 'tax_rate')).toEqual([19, 19, 19]);
  });

  it('end with the contract', async () => {
    const home = await household(
      { products: relatedTo(await product()), start_date: '2025-01-11', end_date: '2025-01-20' },
      { '1-1:1.8.0': { '2024-12-31T23:00:00Z': 0, '2025-01-31T23:00:00Z': 310 } },
    );
    const query = { from: '2024-12-31T23:00:00Z', to: '2025-01-31T23:00:00Z', interval: 'P1M' };
    const costs = await ask('costs', query, home);
    expect(Number(costs.body['costs']?.[0]?.['unit_amount_decimal'])).toBeCloseTo(30 + (12 * 10) / 31, 9);
  });

  it('choose tiers by the consumption of a year', async () => {
    const tiers = [
      { up_to: 1_000, unit_amount: 50, unit_amount_decimal: '0.50' },
      { unit_amount: 20, unit_amount_decimal: '0.20' },
    ];
    const now = new Date();
    const home = await household(
      { products: relatedTo(await product({ pricing_model: 'tiered_graduated', tiers })) },
      {
        '1-1:1.8.0': {
          [new Date(now.getTime() - 365 * 86_400_000).toISOString()]: 0,
          [now.toISOString()]: 2_000,
        },
      },
    );
    const query = { from: '2025-01-01T00:00:00Z', to: '2025-01-02T00:00:00Z', interval: 'P1D' };
    const prices = await ask('prices', query, home);
    expect(prices.body['prices']?.[0]).toMatchObject({ unit_amount_decimal: '0.35' });
  });

  it('follow the market where the tariff does, quarter by quarter', async () => {
    const prices = new SpotPrices((await testDatabase()).system);
    const start = Date.parse('2024-02-29T23:00:00Z');
    // 10 ct/kWh before noon, 20 after; nothing is known of the next day.
    const day = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 100_000_000 : 200_000_000));
    await prices.save('DE-LU', 'test', [{ day: '2024-03-01', start, minutes: 60, prices: day }], new Date());
    const home = await household(
      {
        products: relatedTo(
          await product({
            ...{ pricing_model: 'dynamic_tariff', unit_amount: 0, unit_amount_decimal: '0' },
            dynamic_tariff: { mode: 'day_ahead_market', interval: 'hourly', markup_amount_decimal: '0.05' },
          }),
        ),
      },
      // One kWh an hour until noon, three from noon on.
      {
        '1-1:1.8.0': {
          ...{ '2024-02-29T23:00:00Z': 0, '2024-03-01T11:00:00Z': 12, '2024-03-01T23:00:00Z': 48 },
          '2024-03-02T23:00:00Z': 72,
        },
      },
    );
    const query = { from: '2024-02-29T23:00:00Z', to: '2024-03-02T23:00:00Z', interval: 'P1D' };
    const shown = await ask('prices', query, home);
    expect(shown.body['prices']).toHaveLength(1);
    expect(shown.body['prices']?.[0]).toMatchObject({
      ...{ unit_amount: 20, unit_amount_decimal: '0.2' },
      components: { auction_price_amount_decimal: '0.15', margin_amount_decimal: '0.05' },
    });
    const costs = await ask('costs', query, home);
    expect(costs.body['costs']).toHaveLength(1);
    // March has 743 hours.
    const base = (12 * 24) / 743;
    expect(Number(costs.body['costs']?.[0]?.['unit_amount_decimal'])).toBeCloseTo(
      12 * 0.15 + 36 * 0.25 + base,
      9,
    );
  });

  it('ask for a contract where several have a tariff, and for a tariff where none has', async () => {
    const stranger = await customer.another();
    const none = await customer.server.request(
      'GET',
      `/v2/portal/prices?${new URLSearchParams({
        ...{
          from: '2025-01-01T00:00:00Z',
          to: '2025-01-02T00:00:00Z',
          interval: 'P1D',
          extensionId: 'busbar',
        },
      })}`,
      { token: stranger.token },
    );
    expect([none.status, none.body['code']]).toEqual([404, 'TARIFF_NOT_FOUND']);
    const query = { from: '2025-01-01T00:00:00Z', to: '2025-01-02T00:00:00Z', interval: 'P1D' };
    expect((await ask('prices', query)).status).toBe(400);
  });
});

describe('the own extension', () => {
  it('is listed until an app answers for a type of data, and its id is taken', async () => {
    const { server, admin, org, portalId } = customer;
    const details = () =>
      server.request('GET', `/v3/portal/public/extensions?org_id=${org}&portal_id=${portalId}`);
    const own = (await details()).body;
    expect(own['consumptionDataRetrieval']?.[0]).toMatchObject({
      ...{ extension: { id: 'busbar' }, hook: { id: 'readings' } },
    });
    const put = await server.request('PUT', '/ext/v1/apps/app/extensions', {
      token: admin,
      body: { extensions: [{ id: 'busbar', name: { en: 'Mine' } }] },
    });
    expect(put.status).toBe(400);
  });

  it('exports days as CSV behind a link of 15 minutes', async () => {
    const home = await household(
      { products: relatedTo(await product()) },
      { '1-1:1.8.0': { '2025-01-31T23:00:00Z': 100, '2025-02-02T23:00:00Z': 147.5 } },
    );
    const answer = await customer.ask('POST', '/v2/portal/visualization:export', {
      ...{ app_id: 'busbar', extension_id: 'busbar' },
      ...{ from: '2025-01-31T23:00:00Z', to: '2025-02-02T23:00:00Z' },
      context_entities: [{ entity_id: home.contract, entity_schema: 'contract' }],
    });
    expect(answer.body).toMatchObject({
      content_type: 'text/csv',
      filename: 'verbrauch-2025-01-31-2025-02-02.csv',
    });
    const { pathname, search } = new URL(String(answer.body['download_url']));
    const open = (url: string) => customer.server.busbar.http.inject({ method: 'GET', url });
    const file = await open(`${pathname}${search}`);
    expect(file.body.split('\r\n').slice(0, 3)).toEqual([
      '\uFEFFTag;Art;Verbrauch;Einheit;Kosten netto;Währung',
      '01.02.2025;feed-out;23,75;kWh;;',
      '02.02.2025;feed-out;23,75;kWh;;',
    ]);
    expect(file.body).toContain('01.02.2025;Kosten;;;7,553571428571;EUR');
    const forged = await open(`${pathname}?expires_at=9999999999999`);
    expect(forged.statusCode).toBe(403);
  });
});
