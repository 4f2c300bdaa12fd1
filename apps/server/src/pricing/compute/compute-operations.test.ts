import { beforeAll, describe, expect, it } from 'vitest';
import { fillCatalog, openShop, type Shop, type SmallCatalog } from '../testing/shop.ts';

let shop: Shop;
let catalog: SmallCatalog;
beforeAll(async () => {
  shop = await openShop();
  catalog = await fillCatalog(shop);
});

const compute = (line_items?: readonly object[], redeemed_promos?: readonly object[]) =>
  shop.admin('POST', '/v1/pricing:compute', { line_items, redeemed_promos });

describe('$calculatePricingDetails', () => {
  it('prices an empty cart, with and without a body', async () => {
    for (const body of [undefined, {}, { line_items: [] }]) {
      const { status, body: details } = await shop.admin('POST', '/v1/pricing:compute', body);
      expect([status, details]).toEqual([
        200,
        expect.objectContaining({ items: [], amount_total: 0, amount_tax: 0, currency: 'EUR' }),
      ]);
    }
  });

  it('loads prices, products and taxes by their ids', async () => {
    const { status, body } = await compute([
      { price_id: catalog.wallboxPrice, product_id: catalog.wallbox, quantity: 2, is_composite_price: false },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ amount_total: 119800, amount_tax: 19128, amount_subtotal: 100672 });
    expect(body['items']?.[0]).toMatchObject({
      pricing_model: 'per_unit',
      _price: { _id: catalog.wallboxPrice, unit_amount_decimal: '599' },
      _product: { _id: catalog.wallbox, name: 'Wallbox Basic' },
      taxes: [{ tax: { _id: catalog.tax, rate: 19 }, amount: 19128 }],
    });
  });

  it('builds the components of a composite price, and keeps the selected ones only', async () => {
    const item = {
      price_id: catalog.tariffPrice,
      product_id: catalog.tariff,
      quantity: 1,
      price_mappings: [{ price_id: catalog.workPrice, value: 3500, frequency_unit: 'yearly' }],
    };
    const whole = await compute([{ ...item, is_composite_price: true }]);
    expect(whole.body['amount_total']).toBe(9882);
    expect(whole.body['items']?.[0]?.['item_components']).toMatchObject([
      { price_id: catalog.basePrice, amount_total: 1190 },
      { price_id: catalog.workPrice, amount_total: 8692 },
    ]);
    const part = await compute([
      { ...item, is_composite_price: true, selected_price_component_ids: [catalog.basePrice] },
    ]);
    expect(part.body['amount_total']).toBe(1190);
  });

  it('keeps the snapshot of an item even if the catalog has another price', async () => {
    const _price = { unit_amount: 100, unit_amount_decimal: '1', pricing_model: 'per_unit' };
    const { body } = await compute([{ price_id: catalog.wallboxPrice, quantity: 1, _price }]);
    expect(body['amount_total']).toBe(100);
  });

  it('never takes a stored price that lacks its decimal amount for free', async () => {
    const price = await shop.create('price', { active: true, pricing_model: 'per_unit', unit_amount: 4999 });
    expect((await compute([{ price_id: price, quantity: 2 }])).body['amount_total']).toBe(9998);
  });

  it('keeps given components, adds what they lack, and puts coupons on them', async () => {
    const coupon = await shop.create('coupon', {
      ...{ name: 'Component', category: 'discount', type: 'fixed', active: true },
      ...{ fixed_value: 190, fixed_value_decimal: '1.90', fixed_value_currency: 'EUR' },
    });
    const { body } = await compute([
      {
        ...{ price_id: catalog.tariffPrice, is_composite_price: true, quantity: 1 },
        item_components: [{ price_id: catalog.basePrice, quantity: 2 }],
        price_component_coupon_ids: { [catalog.basePrice]: [coupon] },
      },
    ]);
    expect(body['amount_total']).toBe(2000);
    expect(body['items']?.[0]?.['item_components']).toMatchObject([
      { _coupons: [{ _id: coupon }], _price: { _id: catalog.basePrice } },
    ]);
  });

  it('takes custom positions in cents, with a tax that is no entity', async () => {
    const { body } = await compute([
      {
        description: 'Anfahrt',
        quantity: 1,
        unit_amount: 11900,
        taxes: [{ tax: { type: 'VAT', rate: 19 } }],
      },
      { description: 'Pauschale', _price: { unit_amount: 500, unit_amount_currency: 'EUR' } },
    ]);
    expect(body).toMatchObject({ amount_total: 12400, amount_tax: 1900 });
  });

  it('is the same when its own result is sent again', async () => {
    const first = await compute([
      { price_id: catalog.wallboxPrice, product_id: catalog.wallbox, quantity: 3 },
      {
        price_id: catalog.tariffPrice,
        is_composite_price: true,
        price_mappings: [{ price_id: catalog.workPrice, value: 3500, frequency_unit: 'yearly' }],
      },
    ]);
    const again = await shop.admin('POST', '/v1/pricing:compute', { line_items: first.body['items'] });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  it('applies coupons, those that want a promo code only with it, and inactive ones never', async () => {
    const coupon = { category: 'discount', type: 'percentage', active: true };
    const [open, locked, inactive] = await Promise.all([
      shop.create('coupon', { ...coupon, name: 'Open', percentage_value: '10' }),
      shop.create('coupon', {
        ...{ ...coupon, name: 'Locked', percentage_value: '50', requires_promo_code: true },
        promo_codes: [{ id: 'p1', code: 'HALF' }],
      }),
      shop.create('coupon', { ...coupon, name: 'Over', percentage_value: '90', active: false }),
    ]);
    const item = { price_id: catalog.wallboxPrice, quantity: 1, coupon_ids: [open, locked, inactive] };
    const without = await compute([item]);
    expect(without.body['amount_total']).toBe(53910);
    expect(JSON.stringify(without.body)).not.toContain('HALF');
    const snapshot = { _id: locked, name: 'Locked', type: 'percentage', category: 'discount' };
    const redeemed = await compute([item], [{ code: 'HALF', coupons: [snapshot] }]);
    expect(redeemed.body['amount_total']).toBe(29950);
  });

  it('refuses unknown ids, unusable amounts and foreign organisations with a cause', async () => {
    const unknown = 'f4ab0c4e-7a3f-4a0c-9d0e-000000000000';
    expect(await compute([{ price_id: unknown }])).toMatchObject({
      status: 400,
      body: { message: `price not found: ${unknown}`, cause: 'line_items[0].price_id', status: 400 },
    });
    expect((await compute([{ product_id: unknown, _price: { unit_amount: 1 } }])).body['code']).toBe(
      'PRODUCT_NOT_FOUND',
    );
    expect((await compute([{ price_id: catalog.wallboxPrice, coupon_ids: ['string'] }])).body['code']).toBe(
      'COUPON_NOT_FOUND',
    );
    expect(await compute([{ quantity: 1 }, { unit_amount_decimal: '5,50' }])).toMatchObject({
      status: 400,
      body: { cause: 'line_items[1]: INVALID_DECIMAL' },
    });
    const neighbour = await openShop();
    const foreign = await neighbour.admin('POST', '/v1/pricing:compute', {
      line_items: [{ price_id: catalog.wallboxPrice }],
    });
    expect(foreign.body['code']).toBe('PRICE_NOT_FOUND');
  });

  it('answers what breaks the contract as an invalid payload with its first violation', async () => {
    expect(await compute([{ quantity: 'many' }])).toMatchObject({
      status: 400,
      body: { message: 'Invalid payload', cause: expect.stringContaining('body.line_items[0]') },
    });
    expect(await compute(Array.from({ length: 501 }, () => ({})))).toMatchObject({
      status: 400,
      body: { message: 'Invalid payload', cause: 'line_items: has more than 500 items' },
    });
  });

  it('wants a token of staff or of an API client', async () => {
    const { server } = shop;
    expect((await server.request('POST', '/v1/pricing:compute', { body: {} })).status).toBe(401);
    expect((await shop.journey('/v1/pricing:compute', {})).status).toBe(401);
  });
});
