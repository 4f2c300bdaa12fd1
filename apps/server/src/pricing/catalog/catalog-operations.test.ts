import { beforeAll, describe, expect, it } from 'vitest';
import { fillCatalog, openShop, type Shop, type SmallCatalog } from '../testing/shop.ts';

let shop: Shop;
let catalog: SmallCatalog;
let secret: { product: string; coupon: string };
beforeAll(async () => {
  shop = await openShop();
  catalog = await fillCatalog(shop);
  secret = {
    product: await shop.create('product', { name: 'Not yet', active: false, code: 'WB-2' }),
    coupon: await shop.create('coupon', {
      ...{ name: 'Spring', type: 'fixed', category: 'discount', active: true, requires_promo_code: true },
      ...{ fixed_value: 1000, fixed_value_decimal: '10.00', fixed_value_currency: 'EUR' },
      promo_codes: [{ id: 'p', code: 'HIDDENCODE' }],
      internal_note: 'margin',
    }),
  };
});

const search = (body: object) => shop.stranger('/v1/public/catalog', body);
const inside = (body: object) => shop.admin('POST', '/v1/catalog', body);
const idsOf = ({ body }: Awaited<ReturnType<typeof search>>): unknown[] =>
  JSON.parse(JSON.stringify(body['results'] ?? [])).map((one: { _id: string }) => one._id);

describe('$searchCatalog', () => {
  it('finds everything that is active, newest first', async () => {
    const { status, body } = await search({ q: '' });
    expect([status, body['hits']]).toEqual([200, 7]);
    expect(idsOf(await search({ q: '_schema:product' })).sort()).toEqual(
      [catalog.wallbox, catalog.tariff].sort(),
    );
    expect(idsOf(await search({ q: 'schema:coupon' }))).toEqual([secret.coupon]);
  });

  it('reads words, fields, ranges and the documented id query', async () => {
    expect(idsOf(await search({ q: 'wallbox AND _schema:product' }))).toEqual([catalog.wallbox]);
    expect(idsOf(await search({ q: 'code:"WB-1"' }))).toEqual([catalog.wallbox]);
    expect(idsOf(await search({ q: 'e-mobility' }))).toEqual([catalog.wallbox]);
    expect(idsOf(await search({ q: 'unit_amount:[1000 TO 2000]' }))).toEqual([catalog.basePrice]);
    const byId = await search({
      q: `_id:${catalog.workPrice} OR _id:${catalog.basePrice} OR _id:123432454`,
      sort: 'description ASC',
      from: 0,
      size: 200,
    });
    expect(idsOf(byId)).toEqual([catalog.workPrice, catalog.basePrice]);
  });

  it('sorts, pages and counts all that match', async () => {
    const first = await search({ q: '_schema:price', sort: 'unit_amount DESC', size: 1 });
    expect([first.body['hits'], idsOf(first)]).toEqual([4, [catalog.wallboxPrice]]);
    const second = await search({ q: '_schema:price', sort: 'unit_amount:desc', from: 1, size: 1 });
    expect(idsOf(second)).toEqual([catalog.basePrice]);
    expect((await search({ q: '', size: 0 })).body).toEqual({ hits: 7, results: [] });
  });

  it('refuses pages, sorts and queries it cannot read', async () => {
    const bad: object[] = [
      { q: '', size: 2001 },
      { q: '', size: -1 },
      { q: '', size: 1.5 },
      { q: '', from: 9_000, size: 1_001 },
      { q: '(' },
      { q: 'name:/a.*/' },
      { q: 'wallbxo~' },
      { q: '', sort: 'a:b:c' },
      {},
    ];
    for (const body of bad) {
      expect(await search(body)).toMatchObject({
        status: 400,
        body: { message: 'Invalid payload', cause: expect.stringMatching(/^body\.(q|sort|size|from)/) },
      });
    }
  });

  it('hydrates prices, taxes and components', async () => {
    const product = await search({ q: `_id:${catalog.wallbox}`, hydrate: true });
    expect(product.body['results']?.[0]?.['price_options']).toMatchObject([
      { _id: catalog.wallboxPrice, $relation: { entity_id: catalog.wallboxPrice } },
    ]);
    const price = await search({ q: `_id:${catalog.tariffPrice}`, hydrate: true });
    expect(price.body['results']?.[0]?.['price_components']).toMatchObject([
      { _id: catalog.basePrice, tax: [{ _id: catalog.tax, rate: 19 }], $relation: { quantity: 1 } },
      { _id: catalog.workPrice, tax: [{ _id: catalog.tax }] },
    ]);
    const raw = await search({ q: `_id:${catalog.wallbox}` });
    expect(raw.body['results']?.[0]?.['price_options']?.['$relation']).toHaveLength(1);
  });

  it('follows relations to what is public only', async () => {
    const [customer, open, closed] = await Promise.all([
      shop.create('contact', { first_name: 'Private' }),
      shop.create('file', { filename: 'open.png', access_control: 'public-read' }),
      shop.create('file', { filename: 'closed.pdf' }),
    ]);
    const to = (...ids: string[]) => ({ $relation: ids.map((id) => ({ entity_id: id })) });
    const product = await shop.create('product', {
      ...{ name: 'Related', active: true, inventor: to(customer), product_images: to(open, closed) },
      ...{ type: 'product', _availability_files: to(closed) },
    });
    const raw = await search({ q: `_id:${product}` });
    expect(raw.body['results']?.[0]).toMatchObject({ _availability_files: to(closed) });
    const { body } = await search({ q: `_id:${product}`, hydrate: true });
    expect(body['results']?.[0]).toMatchObject({ inventor: [], product_images: [{ _id: open }] });
    await shop.admin('DELETE', `/v1/entity/product/${product}`);
  });

  it('selects fields', async () => {
    const some = await search({ q: `_id:${catalog.wallbox}`, fields: ['name'] });
    expect(some.body['results']?.[0]).toMatchObject({
      _id: catalog.wallbox,
      _schema: 'product',
      name: 'Wallbox Basic',
    });
    expect(some.body['results']?.[0]).not.toHaveProperty('code');
    const rest = await search({ q: `_id:${catalog.wallbox}`, fields: ['!price_options'] });
    expect(rest.body['results']?.[0]).toHaveProperty('code');
    expect(rest.body['results']?.[0]).not.toHaveProperty('price_options');
  });

  it('shows nobody promo codes, rights and inner notes, not even through queries and sorts', async () => {
    const text = JSON.stringify((await search({ q: '', hydrate: true })).body);
    for (const hidden of ['HIDDENCODE', 'margin', '_acl', '_owners', 'Not yet'])
      expect(text).not.toContain(hidden);
    const guesses = [
      'promo_codes.code:HIDDENCODE',
      'promo_codes.code:H*',
      '_exists_:promo_codes',
      'promo_codes.code.keyword:HIDDENCODE',
      'HIDDENCODE',
      '*:HIDDENCODE',
      'H?DDENCODE',
      'internal_note:margin',
      `_id:${secret.product}`,
      'active:false',
    ];
    for (const q of guesses) expect((await search({ q })).body).toEqual({ hits: 0, results: [] });
    const negated = await search({ q: '_schema:coupon AND NOT promo_codes.code:OTHER' });
    const same = await search({ q: '_schema:coupon AND NOT promo_codes.code:HIDDENCODE' });
    expect(idsOf(same)).toEqual(idsOf(negated));
  });

  it('answers callers with a token, and not those who name no organisation', async () => {
    expect((await shop.journey('/v1/public/catalog', { q: '' })).body['hits']).toBe(7);
    expect(await shop.server.request('POST', '/v1/public/catalog', { body: { q: '' } })).toMatchObject({
      status: 400,
      body: { message: 'organization is required' },
    });
    const neighbour = await openShop();
    expect((await neighbour.stranger('/v1/public/catalog', { q: '' })).body['hits']).toBe(0);
  });
});

describe('$privateSearchCatalog', () => {
  it('finds inactive entities and promo codes too', async () => {
    expect(idsOf(await inside({ q: 'active:false' }))).toEqual([secret.product]);
    const coupon = await inside({ q: 'promo_codes.code:HIDDENCODE' });
    expect(coupon.body['results']?.[0]?.['promo_codes']).toEqual([{ id: 'p', code: 'HIDDENCODE' }]);
  });

  it('finds nothing outside the catalog, and wants a private token', async () => {
    await shop.create('contact', { first_name: 'Wallbox' });
    expect(idsOf(await inside({ q: 'wallbox' })).length).toBe(2);
    expect((await shop.journey('/v1/catalog', { q: '' })).status).toBe(401);
  });
});
