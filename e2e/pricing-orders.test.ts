import { randomUUID } from 'node:crypto';
import { createClient as createTokenClient } from '@epilot/sdk/access-token';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoDatabase, demoDatabase } from './demo-database.ts';
import { ServerProcess } from './server-process.ts';

let database: DemoDatabase;
/** One server, or two processes on one PostgreSQL. */
let servers: readonly ServerProcess[];
let shops: readonly ReturnType<typeof sdkClients>['pricing'][];
let admin: ReturnType<typeof sdkClients>;
let org: string;
let product: string;
let price: string;

beforeAll(async () => {
  database = await demoDatabase();
  const environment = {
    ...database.environment,
    BUSBAR_BASE_URL: 'http://busbar.test',
  };
  const first = await ServerProcess.start({ data: database.data, environment });
  const isShared = database.environment['DATABASE_URL'] !== undefined;
  servers = isShared ? [first, await ServerProcess.start({ environment })] : [first];
  const token = await first.command('token', 'admin');
  admin = sdkClients(first.url, token);
  const tokens = createTokenClient();
  tokens.defaults.baseURL = first.url;
  tokens.defaults.headers.common['authorization'] = `Bearer ${token}`;
  const journey = await tokens.createAccessToken(null, {
    name: 'shop',
    token_type: 'journey',
    journey_id: 'j1',
  });
  shops = servers.map((server) => sdkClients(server.url, String(journey.data.token)).pricing);
  const tax = await create('tax', { type: 'VAT', rate: 19, active: true });
  price = await create('price', {
    ...{
      description: 'Wallbox',
      active: true,
      type: 'one_time',
      pricing_model: 'per_unit',
      is_tax_inclusive: true,
    },
    ...{ unit_amount: 59900, unit_amount_decimal: '599', unit_amount_currency: 'EUR' },
    tax: { $relation: [{ entity_id: tax }] },
  });
  product = await create('product', { name: 'Wallbox', active: true });
  org = String((await admin.entity.getEntityV2({ slug: 'product', id: product })).data['_org']);
});
afterAll(async () => {
  for (const server of servers) await server.remove();
  await database.drop();
});

async function create(slug: string, attributes: Record<string, unknown>): Promise<string> {
  const { data } = await admin.entity.createEntity({ slug }, attributes);
  return String(data['_id']);
}

const items = (quantity = 1, coupons: string[] = []) => [
  { price_id: price, product_id: product, quantity, is_composite_price: false as const, coupon_ids: coupons },
];
const numberOf = (order: { order_number?: unknown }) => Number(String(order.order_number).split('/')[1]);
/** Every server in turn. */
const shop = (index: number) => {
  const one = shops[index % shops.length];
  if (!one) throw new Error('There is no server');
  return one;
};

it('prices, orders and replaces with the published client', async () => {
  const priced = await admin.pricing.$calculatePricingDetails(null, { line_items: items(2) });
  expect(priced.data).toMatchObject({ amount_total: 119800, amount_tax: 19128 });
  const { status, data: order } = await admin.pricing.createOrder(null, {
    status: 'draft',
    line_items: items(2),
  });
  expect([status, order['amount_total']]).toEqual([201, 119800]);
  const replaced = await admin.pricing.putOrder(
    { id: String(order['_id']) },
    { status: 'placed', line_items: items(1) },
  );
  expect(replaced.data).toMatchObject({ amount_total: 59900, order_number: order['order_number'] });
});

it('searches the catalog as anybody and as staff', async () => {
  const found = await shop(0).$searchCatalog(null, { q: `_id:${price}`, hydrate: true });
  expect(found.data).toMatchObject({ hits: 1, results: [{ _id: price, tax: [{ rate: 19 }] }] });
  const inside = await admin.pricing.$privateSearchCatalog(null, { q: `_id:${product}` });
  expect(inside.data.hits).toBe(1);
});

it('gives orders of all processes numbers in a row', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      shop(index).$checkoutCart(
        { 'X-Ivy-Org-ID': org },
        { cart: { line_items: items(), customer: { email: `${randomUUID()}@example.org` } } },
      ),
    ),
  );
  const numbers = answers.map(({ data }) => numberOf(data.order ?? {})).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => (numbers[0] ?? 0) + index));
});

it('makes one order of a cart that is checked out in all processes at once', async () => {
  const cart = { line_items: items(), customer: { email: `${randomUUID()}@example.org` } };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => shop(index).$checkoutCart({ 'X-Ivy-Org-ID': org }, { cart })),
  );
  expect(new Set(answers.map(({ data }) => data.order?.['_id'])).size).toBe(1);
});

it('keeps the limit of a promo code across processes', async () => {
  const coupon = await create('coupon', {
    ...{ name: 'Spring', type: 'percentage', percentage_value: '10', category: 'discount', active: true },
    ...{
      requires_promo_code: true,
      promo_codes: [{ id: 'p', code: 'SPRING', has_usage_limit: true, usage_limit: 9 }],
    },
  });
  const matched = await shop(0).$validatePromoCodes(
    { 'X-Ivy-Org-ID': org },
    { coupon_ids: [coupon], promo_codes: ['SPRING'] },
  );
  const [snapshot] = matched.data.matched_coupons ?? [];
  if (!snapshot) throw new Error('The code does not match');
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      shop(index).$checkoutCart(
        { 'X-Ivy-Org-ID': org },
        {
          cart: { line_items: items(1, [coupon]), customer: { email: `${randomUUID()}@example.org` } },
          redeemed_promos: [{ code: 'SPRING', coupons: [snapshot] }],
        },
        { validateStatus: () => true },
      ),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(9);
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(41);
  const stored = await admin.entity.getEntityV2({ slug: 'coupon', id: coupon });
  expect(stored.data['promo_code_usage']).toEqual({ p: 9 });
});
