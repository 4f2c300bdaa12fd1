import { beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '../../entities/index.ts';
import { fillCatalog, openShop, type Shop, type SmallCatalog } from '../testing/shop.ts';

let shop: Shop;
let catalog: SmallCatalog;
let inactive: string;

const to = (...ids: string[]) => ({ $relation: ids.map((entity_id) => ({ entity_id })) });

beforeAll(async () => {
  shop = await openShop();
  catalog = await fillCatalog(shop);
  inactive = await shop.create('product', { name: 'Discontinued', active: false });
});

const recommend = (name: string, more: Document = {}) =>
  shop.create('product_recommendation', {
    name,
    type: 'cross-sell',
    source_product: to(catalog.tariff),
    source_price: to(catalog.tariffPrice),
    offers: [
      {
        target_id: 'target',
        items: [
          { product_id: catalog.wallbox, price_id: catalog.wallboxPrice },
          { product_id: inactive, price_id: catalog.wallboxPrice },
        ],
      },
    ],
    ...more,
  });

const search = (body: unknown) => shop.journey('/v1/public/product-recommendations', body);
const namesOf = (body: unknown) =>
  search(body).then((answer) => {
    expect(answer.status).toBe(200);
    const results = Array.from(
      { length: Number(answer.body['hits']) },
      (_, i) => answer.body['results']?.[i],
    );
    return results.map((result) => String(result?.['name']));
  });

describe('$productRecommendations', () => {
  it('finds recommendations by id, in the order asked, with the items that can be ordered', async () => {
    const one = await recommend('one', { internal_margin: 12 });
    const two = await recommend('two');
    const unknown = 'aaaaaaaa-0000-4000-8000-000000000000';
    expect(await namesOf({ product_recommendation_ids: [two, unknown, one] })).toEqual(['two', 'one']);
    const { body } = await search({ product_recommendation_ids: [one] });
    expect(body['results']?.[0]?.['offers']).toEqual([
      { target_id: 'target', items: [{ product_id: catalog.wallbox, price_id: catalog.wallboxPrice }] },
    ]);
    expect(body['results']?.[0]).not.toHaveProperty('internal_margin');
    expect(body).not.toHaveProperty('source');
  });

  it('leaves out recommendations without anything to order, and entities of other schemas', async () => {
    const items = [{ product_id: inactive, price_id: catalog.wallboxPrice }];
    const empty = await recommend('empty', { offers: [{ target_id: 'x', items }] });
    expect(await namesOf({ product_recommendation_ids: [empty, catalog.wallbox] })).toEqual([]);
  });

  it('finds recommendations for a catalog item, the newest first', async () => {
    const source = {
      source_product: to(catalog.wallbox),
      source_price: to(catalog.wallboxPrice),
    };
    await recommend('older', source);
    shop.server.clock.set(new Date(shop.server.clock.now().getTime() + 1000));
    await recommend('newer', { ...source, source_price: to(catalog.basePrice) });
    expect(await namesOf({ catalog_item: { product_id: catalog.wallbox } })).toEqual(['newer', 'older']);
    const exact = { product_id: catalog.wallbox, price_id: catalog.wallboxPrice };
    expect(await namesOf({ catalog_item: exact })).toEqual(['older']);
    expect(await namesOf({ catalog_item: { product_id: inactive } })).toEqual([]);
  });

  it('finds recommendations for a contract and shows what the customer pays', async () => {
    const product = await shop.create('product', { name: 'Old tariff', active: true });
    await recommend('change', { source_product: to(product), source_price: to(catalog.basePrice) });
    const item = { product_id: product, price_id: catalog.basePrice, amount_total: 1190 };
    const contract = await shop.create('contract', {
      line_items: [{ ...item, metadata: [{ key: 'iban', value: 'DE00' }] }, { product_id: inactive }],
    });
    const { body } = await search({ contract_id: contract });
    expect(body).toMatchObject({ hits: 1, results: [{ name: 'change' }] });
    expect(body['source']).toEqual({ item: { pricing_model: 'per_unit', ...item } });
    expect((await search({ contract_id: catalog.wallbox })).body).toEqual({ hits: 0, results: [] });
  });

  it('asks for one search key and for a token', async () => {
    expect((await search({})).status).toBe(400);
    expect((await search({ catalog_item: {} })).status).toBe(400);
    expect((await shop.stranger('/v1/public/product-recommendations', {})).status).toBe(401);
  });

  it('stays inside the organisation', async () => {
    const mine = await recommend('mine');
    const other = await openShop();
    const answer = await other.journey('/v1/public/product-recommendations', {
      product_recommendation_ids: [mine],
    });
    expect(answer.body).toEqual({ hits: 0, results: [] });
  });
});
