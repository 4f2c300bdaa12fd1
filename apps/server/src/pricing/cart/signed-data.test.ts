import { beforeAll, describe, expect, it } from 'vitest';
import { Signatures } from '../signature.ts';
import { fillCatalog, openShop, type Shop, type SmallCatalog } from '../testing/shop.ts';

let shop: Shop;
let catalog: SmallCatalog;
beforeAll(async () => {
  shop = await openShop();
  catalog = await fillCatalog(shop);
});

const checkout = (cart: object) => shop.stranger('/v1/public/cart:checkout', { cart });

describe('data from outside in a cart', () => {
  let getAg: { base: string; work: string; spot: string };
  let signatures: Signatures;
  beforeAll(async () => {
    signatures = new Signatures(shop.server.busbar.ports);
    const price = {
      ...{ active: true, type: 'recurring', billing_period: 'monthly', is_tax_inclusive: false },
      unit_amount_currency: 'EUR',
    };
    const markup = { category: 'power', markup_amount: 0, markup_amount_decimal: '0.10' };
    const create = (more: object) => shop.create('price', { ...price, ...more });
    const fees = { pricing_model: 'external_getag', variable_price: true };
    getAg = {
      base: await create({ ...fees, get_ag: { ...markup, type: 'base_price' } }),
      work: await create({ ...fees, get_ag: { ...markup, type: 'work_price', tariff_type: 'HT' } }),
      spot: await create({
        ...{ pricing_model: 'dynamic_tariff', variable_price: true },
        dynamic_tariff: { mode: 'day_ahead_market', interval: 'hourly', markup_amount_decimal: '0.02' },
      }),
    };
  });

  const computed = () =>
    signatures.signed(shop.org, 'compute-price', {
      ...{ amount_total: 4000, amount_total_decimal: '40', currency: 'EUR', billing_period: 'monthly' },
      ...{ amount_static: 1000, amount_static_decimal: '10', amount_variable_decimal_ht: '30' },
      breakdown: {},
      inputs: { type: 'power', consumptionHT: 3600 },
    });
  const work = (more: object = {}) => ({
    price_id: getAg.work,
    quantity: 1,
    price_mappings: [{ price_id: getAg.work, value: 3600, frequency_unit: 'yearly' }],
    external_fees_mappings: [
      { price_id: getAg.work, frequency_unit: 'monthly', amount_total_decimal: '30', amount_total: 3000 },
    ],
    external_fees_metadata: computed(),
    ...more,
  });
  const codeOf = async (item: object) => (await checkout({ line_items: [item] })).body['code'];

  it('prices signed grid fees', async () => {
    const { status, body } = await checkout({ line_items: [work()] });
    expect([status, body['order']?.['amount_total']]).toEqual([200, 6000]);
    const base = {
      price_id: getAg.base,
      external_fees_mappings: [
        { price_id: getAg.base, frequency_unit: 'monthly', amount_total_decimal: '10.00' },
      ],
      external_fees_metadata: computed(),
    };
    const second = await checkout({ line_items: [base] });
    expect(second.body['order']?.['amount_total']).toBe(1010);
  });

  it('refuses grid fees that were changed, borrowed, made for less consumption, or left out', async () => {
    const fee = (amount: string, unit = 'monthly') => [
      { price_id: getAg.work, frequency_unit: unit, amount_total_decimal: amount },
    ];
    const { _meta, ...unsigned } = computed();
    const tampered: object[] = [
      work({ external_fees_mappings: fee('3') }),
      work({ external_fees_mappings: fee('30', 'yearly') }),
      work({ external_fees_mappings: fee('10') }),
      work({ external_fees_mappings: [] }),
      work({ external_fees_metadata: undefined }),
      work({ external_fees_metadata: unsigned }),
      work({ external_fees_metadata: { ...unsigned, amount_total: 1, _meta } }),
      work({
        external_fees_metadata: { ...unsigned, inputs: { type: 'power', consumptionHT: 36000 }, _meta },
      }),
      work({ external_fees_metadata: signatures.signed('1', 'compute-price', unsigned) }),
      work({ external_fees_metadata: signatures.signed(shop.org, 'provider', unsigned) }),
      work({ price_mappings: [{ price_id: getAg.work, value: 36000, frequency_unit: 'yearly' }] }),
      work({ price_mappings: [] }),
    ];
    for (const item of tampered) expect(await codeOf(item)).toBe('INVALID_SIGNATURE');
  });

  it('takes market prices as they were signed, in the period of the price', async () => {
    const market = signatures.signed(shop.org, 'average-market-price', {
      ...{ market: 'day_ahead', bidding_zone: 'DE-LU' },
      price: {
        ...{ unit_amount: 8, unit_amount_decimal: '0.08', unit_amount_currency: 'EUR' },
        timestamp: '2026-01-01T00:00:00Z/2026-01-31T23:59:59Z',
      },
    });
    const item = (amount: string, unit = 'monthly', metadata: object = market) => ({
      price_id: getAg.spot,
      price_mappings: [{ price_id: getAg.spot, value: 3600, frequency_unit: 'yearly' }],
      external_fees_mappings: [{ price_id: getAg.spot, frequency_unit: unit, amount_total_decimal: amount }],
      external_price_metadata: metadata,
    });
    const inputs = { ...market, inputs: { from: '2026-01-01' } };
    const { body } = await checkout({ line_items: [item('0.08', 'monthly', inputs)] });
    expect(body['order']?.['amount_subtotal']).toBe(3000);
    expect(await codeOf(item('0.01'))).toBe('INVALID_SIGNATURE');
    expect(await codeOf(item('0.08', 'yearly'))).toBe('INVALID_SIGNATURE');
    expect(await codeOf(item('0.08', 'monthly', { ...market, bidding_zone: 'AT' }))).toBe(
      'INVALID_SIGNATURE',
    );
  });

  it('takes items of external catalogs as they were signed, within a day', async () => {
    const source = await shop.admin('POST', '/v1/pricing:compute', {
      line_items: [{ price_id: catalog.wallboxPrice, product_id: catalog.wallbox }],
    });
    const foreign = JSON.parse(
      JSON.stringify(source.body)
        .replaceAll(catalog.wallboxPrice, 'partner-1')
        .replaceAll(catalog.wallbox, 'p-1'),
    );
    const details = signatures.signed(shop.org, 'external-catalog-item', foreign);
    const item = { quantity: 1, price_id: 'partner-1', _immutable_pricing_details: details };
    const { status, body } = await checkout({ line_items: [item] });
    expect([status, body['order']?.['amount_total']]).toEqual([200, 59900]);
    expect(body['order']).not.toHaveProperty('prices');
    const [first] = foreign.items;
    const cheaper = { ...details, items: [{ ...first, amount_total_decimal: '1' }] };
    expect(await codeOf({ ...item, _immutable_pricing_details: cheaper })).toBe('INVALID_SIGNATURE');
    const { clock } = shop.server;
    const now = clock.now();
    clock.advance(25 * 3_600_000);
    expect(await codeOf(item)).toBe('INVALID_SIGNATURE');
    clock.set(now);
  });
});
