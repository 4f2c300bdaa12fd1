import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStandIn, type StandIn, type StandInAnswer } from '../../../integration/testing/stand-in.ts';
import { sql } from '../../../storage/index.ts';
import { PANEL, TARIFF, WALLBOX } from '../../testing/partner-products.ts';
import { openShop, type Shop } from '../../testing/shop.ts';

interface Sample {
  readonly operationId: string;
  readonly body: { readonly context: object };
}

const samples: readonly Sample[] = JSON.parse(
  readFileSync(new URL('../../../contract/samples/pricing.json', import.meta.url), 'utf8'),
);
const sampleBody = (operationId: string) => {
  const sample = samples.find((one) => one.operationId === operationId);
  if (!sample) throw new Error(`There is no sample of ${operationId}`);
  return sample.body;
};
const SEARCH = sampleBody('$searchExternalProducts');
const PRODUCTS = '/v1/public/integration/external-catalog/products';
const RECOMMENDATIONS = '/v1/public/integration/external-catalog/product-recommendations';
const APP_PRODUCTS = '/v1/public/external-catalog/products';
const APP_RECOMMENDATIONS = '/v1/public/external-catalog/product-recommendations';

let shop: Shop;
let partner: StandIn;
beforeAll(async () => {
  shop = await openShop();
  partner = await openStandIn();
});
afterAll(() => partner.close());

const json = (body: unknown, status = 200): StandInAnswer => ({ status, body: JSON.stringify(body) });
const search = async (body: unknown = SEARCH) => {
  const a = await shop.journey(PRODUCTS, body);
  if (a.status === 500) console.log(JSON.stringify(a.body).slice(0, 1500));
  return a;
};
const offer = (...products: unknown[]) => {
  partner.answer = () => json(products);
};
type Json = Awaited<ReturnType<typeof search>>['body'];
const itemOf = ({ body }: { body: Json }, index = 0): Record<string, Json | undefined> => {
  const result = body['results']?.[index];
  return { ...result?.['pricing_details'], _meta: result?.['_meta'] };
};
const lineItem = (details: object) => ({ quantity: 1, _immutable_pricing_details: details });
const checkout = (details: object) =>
  shop.stranger('/v1/public/cart:checkout', { cart: { line_items: [lineItem(details)] } });

beforeEach(async () => {
  partner.received.length = 0;
  offer(TARIFF, WALLBOX, PANEL);
  const body = { username: 'utility', password: 'secret', base_url: `${partner.url}/v1/` };
  expect((await shop.admin('PUT', '/v1/integration/external-catalog/credentials:save', body)).status).toBe(
    204,
  );
});

describe('$searchExternalProducts', () => {
  it('hands the context over with the credentials', async () => {
    expect((await search()).status).toBe(200);
    const [request] = partner.received;
    expect([request?.method, request?.path]).toEqual(['POST', '/v1/products']);
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('utility:secret').toString('base64')}`);
    expect(JSON.parse(request?.body ?? '')).toEqual(SEARCH);
  });

  it('prices what the partner offers, and shows no more than is known', async () => {
    const { status, body } = await search();
    expect([status, body['hits']]).toEqual([200, 3]);
    const [tariff, wallbox, panel] = [0, 1, 2].map((index) => body['results']?.[index]?.['pricing_details']);
    expect(tariff).toMatchObject({
      ...{ amount_total: 9882, amount_subtotal: 8304, amount_tax: 1578, currency: 'EUR' },
      total_details: {
        breakdown: {
          taxes: [{ tax: { rate: 19 }, amount: 1578 }],
          recurrences: [{ type: 'recurring', billing_period: 'monthly', amount_total: 9882 }],
        },
      },
    });
    expect(tariff?.['items']).toMatchObject([
      {
        ...{
          _id: 'price-tariff',
          price_id: 'price-tariff',
          product_id: 'product-tariff',
          is_composite_price: true,
        },
        ...{ amount_total: 9882, description: 'Partner Strom 12' },
        item_components: [
          {
            ...{ _id: 'price-tariff-component-0', product_id: 'product-tariff', is_tax_inclusive: false },
            ...{
              unit_amount: 1000,
              amount_total: 1190,
              amount_total_decimal: '11.90',
              billing_period: 'monthly',
            },
            taxes: [{ tax: { type: 'VAT', rate: 19 }, amount: 190 }],
            _price: {
              ...{ active: true, pricing_model: 'per_unit', price_display_in_journeys: 'show_price' },
              ...{ billing_duration_amount: 12, billing_duration_unit: 'months' },
            },
          },
          { _id: 'work', unit_amount_gross_decimal: '0.2980', _price: { unit: 'kWh', variable_price: true } },
        ],
        _product: {
          name: 'Partner Strom 12',
          feature: [{ feature: '100 % hydropower' }, { feature: 'Fixed for 12 months' }],
          product_image_urls: ['https://partner.example/strom.png'],
          product_downloads_urls: [{ url: 'https://partner.example/agb.pdf', filename: 'AGB.pdf' }],
          legal_footnotes: 'Only while stocks last.',
        },
        metadata: [
          { key: 'partner_tariff', value: 'S12' },
          { key: 'bonus', value: '3' },
        ],
      },
    ]);
    expect(wallbox).toMatchObject({
      ...{ amount_total: 49900, amount_tax: 0 },
      items: [{ is_tax_inclusive: true, taxes: [{ rate: 'nontaxable', rateValue: 0, amount: 0 }] }],
    });
    expect(panel).toMatchObject({
      ...{ amount_total: 11900, amount_subtotal: 10000, amount_tax: 1900 },
      items: [
        {
          ...{
            is_tax_inclusive: false,
            unit_amount: 10000,
            cashback_amount: 595,
            after_cashback_amount_total: 11305,
          },
          _coupons: [{ _org: shop.org, name: 'Welcome', category: 'cashback' }],
        },
      ],
      total_details: { breakdown: { cashbacks: [{ cashback_period: '12', amount_total: 595 }] } },
    });
  });

  it('takes `{ results }` as well, and no products at all', async () => {
    partner.answer = () => json({ results: [WALLBOX] });
    expect((await search()).body).toMatchObject({ hits: 1 });
    offer();
    expect((await search()).body).toEqual({ hits: 0, results: [] });
  });

  it("shows a partner's own recurrences where they are not the sum of its prices", async () => {
    const recurrences = [{ type: 'one_time', amount_total_decimal: '450' }];
    const price = { ...WALLBOX.price, total_details: { breakdown: { recurrences } } };
    offer({ ...WALLBOX, price });
    const details = itemOf(await search());
    expect(details).toMatchObject({
      amount_total: 49900,
      total_details: { breakdown: { recurrences: [{ type: 'one_time', amount_total: 45000 }] } },
    });
    expect((await checkout(details)).body['order']?.['amount_total']).toBe(49900);
  });

  it.each<[string, unknown]>([
    ['no object', 'free beer'],
    ['no price', { id: 'p' }],
    ['no total', { id: 'p', price: { id: 'x' } }],
    ['a number for a decimal text', { id: 'p', price: { id: 'x', amount_total_decimal: 12 } }],
    ['an amount with an exponent', { id: 'p', price: { id: 'x', amount_total_decimal: '1e3' } }],
    ['half a cent', { id: 'p', price: { id: 'x', amount_total: 0.5 } }],
    ['less than nothing', { id: 'p', price: { id: 'x', amount_total_decimal: '-1' } }],
    [
      'an unknown period',
      { id: 'p', price: { id: 'x', amount_total: 1, type: 'recurring', billing_period: 'daily' } },
    ],
    ['no period', { id: 'p', price: { id: 'x', amount_total: 1, type: 'recurring' } }],
    ['a tax over 100 %', { id: 'p', price: { id: 'x', amount_total: 1, tax: { rate: 190 } } }],
    ['no currency', { id: 'p', price: { id: 'x', amount_total: 1, currency: 'Euro' } }],
    [
      'too many components',
      { id: 'p', price: { id: 'x', price_components: Array.from({ length: 201 }, () => ({})) } },
    ],
    ['a coupon of nothing', { id: 'p', price: { id: 'x', amount_total: 1, coupons: [{ type: 'fixed' }] } }],
  ])('leaves a product out that has %s', async (_, product) => {
    offer(product, WALLBOX);
    expect((await search()).body).toMatchObject({
      hits: 1,
      results: [{ pricing_details: { amount_total: 49900 } }],
    });
    offer(product);
    expect((await search()).status).toBe(502);
  });

  it.each<[string, StandInAnswer]>([
    ['an error', json({ message: 'secret stack' }, 500)],
    ['a redirect', { status: 302, headers: { location: 'https://1.1.1.1/' }, body: '' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['nothing', { status: 200, body: '' }],
    ['a number', json(7)],
    ['an object without results', json({ products: [WALLBOX] })],
    ['text that cannot be stored', { status: 200, body: '[{"id":"\\u0000"}]' }],
    ['deep nesting', { status: 200, body: '['.repeat(300) + ']'.repeat(300) }],
    ['more than 2 MB', { status: 200, body: JSON.stringify(['x'.repeat(2_200_000)]) }],
    ['more than 500 products', json(Array.from({ length: 501 }, () => WALLBOX))],
    ['a closed connection', 'drop'],
  ])('answers 502 when the partner answers %s', async (_, answer) => {
    partner.answer = () => answer;
    const { status, body } = await search();
    expect([status, body['code']]).toEqual([502, 'PARTNER_FAILED']);
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|secret/);
  });

  it('needs credentials, a context as documented, and an organisation', async () => {
    const other = await openShop();
    expect((await other.journey(PRODUCTS, SEARCH)).status).toBe(403);
    expect((await search({ context: { ...SEARCH.context, password: 'x' } })).status).toBe(400);
    expect((await search({ ...SEARCH, more: 1 })).status).toBe(400);
    expect((await search({})).status).toBe(400);
    expect((await shop.journey(PRODUCTS.replace('external-catalog', 'getag'), SEARCH)).status).toBe(400);
    expect((await shop.server.request('POST', PRODUCTS, { body: SEARCH })).status).toBe(400);
    expect(partner.received).toEqual([]);
  });
});

describe('$searchExternalProductRecommendations', () => {
  it('signs the source and what is offered', async () => {
    partner.answer = () => json({ source: TARIFF, offers: [PANEL, 'rubbish', WALLBOX] });
    const { status, body } = await shop.journey(RECOMMENDATIONS, SEARCH);
    expect([status, partner.received[0]?.path]).toEqual([200, '/v1/product-recommendations']);
    expect(body['source']).toMatchObject({ pricing_details: { amount_total: 9882 } });
    expect(body['offers']).toMatchObject([
      { pricing_details: { amount_total: 11900 } },
      { pricing_details: { amount_total: 49900 } },
    ]);
    const offered = body['offers']?.[1];
    const order = await checkout({ ...offered?.['pricing_details'], _meta: offered?.['_meta'] });
    expect(order.body['order']?.['amount_total']).toBe(49900);
  });

  it.each([
    ['no source', { offers: [] }],
    ['no offers', { source: TARIFF }],
    ['a source of no use', { source: {}, offers: [] }],
  ])('answers 502 for %s', async (_, answer) => {
    partner.answer = () => json(answer);
    expect((await shop.journey(RECOMMENDATIONS, SEARCH)).status).toBe(502);
  });
});

describe('items of an external catalog that come back', () => {
  it.each([0, 1, 2])('cost at the checkout what the search said (%i)', async (index) => {
    const details = itemOf(await search(), index);
    const { status, body } = await checkout(details);
    expect(status).toBe(200);
    for (const name of ['amount_total', 'amount_subtotal', 'amount_tax'])
      expect(body['order']?.[name]).toBe(Reflect.get(details, name));
    expect(JSON.stringify(body['order'])).not.toContain(String(details['_meta']?.['signature']));
  });

  it('are refused everywhere when they were changed, borrowed or kept for more than a day', async () => {
    const details = itemOf(await search(), 1);
    const { _meta, ...unsigned } = details;
    const other = await openShop();
    const [item] = Array.isArray(details['items']) ? details['items'] : [];
    const cheaper = { ...details, items: [{ ...item, amount_total_decimal: '1', amount_total: 100 }] };
    const codesOf = async (one: object, at = shop) => {
      const line_items = [lineItem(one)];
      const answers = [
        await at.stranger('/v1/public/cart:checkout', { cart: { line_items } }),
        await at.admin('POST', '/v1/pricing:compute', { line_items }),
        await at.admin('POST', '/v1/order', { line_items }),
      ];
      return answers.map(({ status, body }) => [status, body['code'], body['cause']]);
    };
    const refused = Array.from({ length: 3 }, () => [
      400,
      'INVALID_SIGNATURE',
      'line_items[0]._immutable_pricing_details',
    ]);
    expect(await codesOf(cheaper)).toEqual(refused);
    expect(await codesOf({ ...details, items: [] })).toEqual(refused);
    expect(await codesOf({ ...unsigned, _meta: { ...Object(_meta), timestamp: Date.now() } })).toEqual(
      refused,
    );
    expect(await codesOf({ ...unsigned, _meta: 'x' })).toEqual(refused);
    expect(await codesOf(details, other)).toEqual(refused);
    const { clock } = shop.server;
    const now = clock.now();
    clock.advance(24 * 3_600_000 + 1);
    const late = await codesOf(details);
    clock.set(now);
    expect(late).toEqual(refused);
    expect((await checkout(unsigned)).body['code']).toBe('INVALID_SIGNATURE');
  });

  it('stay in an order that staff replaces days later', async () => {
    const { body: order } = await shop.admin('POST', '/v1/order', {
      line_items: [lineItem(itemOf(await search()))],
    });
    expect(order['amount_total']).toBe(9882);
    const { clock } = shop.server;
    const now = clock.now();
    clock.advance(48 * 3_600_000);
    const put = await shop.admin('PUT', `/v1/order/${String(order['_id'])}`, {
      line_items: order['line_items'],
    });
    clock.set(now);
    expect([put.status, put.body['amount_total']]).toEqual([200, 9882]);
  });
});

describe('external catalogs of apps', () => {
  const request = sampleBody('$getExternalCatalogProducts');
  const config = { appId: '1234567890', componentId: '1234567890', hookId: '1234567890' };
  const hook = (more: object = {}) => ({
    ...{ id: '1234567890', type: 'products' },
    call: { method: 'POST', url: '{{Options.base}}/products' },
    ...more,
  });
  const component = (...hooks: object[]) => ({
    id: '1234567890',
    component_type: 'EXTERNAL_PRODUCT_CATALOG',
    configuration: { hooks },
  });
  const install = (components: unknown, options: object = {}, at = shop) =>
    at.admin('PUT', '/ext/v1/apps/1234567890/components', {
      components,
      option_values: [
        { component_id: '$app', options: [{ key: 'base', value: `${partner.url}/app` }] },
        {
          component_id: '1234567890',
          options: Object.entries({ password: 's:3', ...options }).map(([key, value]) => ({ key, value })),
        },
      ],
    });

  it('get the context of the documented call, with a token of theirs and the values of options', async () => {
    const auth = {
      method: 'POST',
      url: '{{Options.base}}/token',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: 'Basic {{"client:" | append: Options.password | base64_encode}}',
      },
      body: { grant_type: 'client_credentials' },
    };
    const call = {
      method: 'POST',
      url: '{{Options.base}}/{{Context.journey_name}}',
      params: { zip: '{{Context.steps_data.0.blocks.Adresse.zipCode}}' },
      headers: { Authorization: 'Bearer {{AuthResponse.access_token}}' },
    };
    expect((await install([component(hook({ auth, call }))])).status).toBe(200);
    let tokens = 0;
    partner.answer = ({ path }) =>
      json(path === '/app/token' ? { access_token: `t${++tokens}`, expires_in: 600 } : [WALLBOX]);
    for (let i = 0; i < 2; i++)
      expect((await shop.journey(APP_PRODUCTS, request)).body).toMatchObject({ hits: 1 });
    const [token, first, second, ...others] = partner.received;
    expect(others).toEqual([]);
    expect([token?.body, token?.headers.authorization]).toEqual([
      'grant_type=client_credentials',
      `Basic ${Buffer.from('client:s:3').toString('base64')}`,
    ]);
    expect([first?.path, first?.headers.authorization]).toEqual([
      '/app/Product%20Selection%20Journey?zip=56068',
      'Bearer t1',
    ]);
    expect(JSON.parse(first?.body ?? '')).toEqual(request.context);
    expect(second?.headers.authorization).toBe('Bearer t1');
  });

  it('answer recommendations, and are found by type when no hook is named', async () => {
    const second = hook({ id: 'r', type: 'product-recommendations', call: { url: '{{Options.base}}/recs' } });
    await install([component(hook(), second)]);
    partner.answer = () => json({ source: TARIFF, offers: [WALLBOX] });
    const named = { ...sampleBody('$getExternalCatalogProductRecommendations') };
    expect((await shop.journey(APP_RECOMMENDATIONS, named)).status).toBe(403);
    const { hookId: _, ...unnamed } = config;
    const answer = await shop.journey(APP_RECOMMENDATIONS, { ...named, config: unnamed });
    expect(answer.body).toMatchObject({ source: { pricing_details: { amount_total: 9882 } } });
    expect([partner.received[0]?.method, partner.received[0]?.path, partner.received[0]?.body]).toEqual([
      'GET',
      '/app/recs',
      '',
    ]);
  });

  it('take contexts of portals and of anybody, and never read them as templates', async () => {
    await install([component(hook())]);
    const context = { contract: { note: '{{Options.password}}' }, contact: {}, extra: [1] };
    for (const origin of ['portal', 'custom'])
      expect((await shop.journey(APP_PRODUCTS, { config, origin, context })).status).toBe(200);
    expect(JSON.parse(partner.received[0]?.body ?? '')).toEqual(context);
    expect((await shop.journey(APP_PRODUCTS, { config, origin: 'portal', context: {} })).status).toBe(400);
    expect((await shop.journey(APP_PRODUCTS, { origin: 'custom', context })).status).toBe(400);
  });

  it('answer 403 without a valid configuration, and 502 for what cannot be called', async () => {
    const other = await openShop();
    expect((await other.journey(APP_PRODUCTS, request)).status).toBe(403);
    await install([]);
    expect((await shop.journey(APP_PRODUCTS, request)).status).toBe(403);
    for (const call of [
      { url: 'http://partner.example/' },
      { url: 'https://10.0.0.1/' },
      { url: '{{Context.journey_name}}' },
      { url: '{{env.MISSING}}/' },
      { url: '{{Options.base | reverse}}/' },
      { url: '{{Options.base}}/', headers: { 'x-a': '{{Context.journey_tags.0}}\r\nx: y' } },
    ]) {
      await install([component(hook({ call }))]);
      expect((await shop.journey(APP_PRODUCTS, request)).status).toBe(502);
    }
    await install([component(hook({ auth: { url: '{{Options.base}}/token' } }))]);
    partner.answer = ({ path }) => (path === '/app/token' ? json({}, 401) : json([WALLBOX]));
    expect((await shop.journey(APP_PRODUCTS, request)).status).toBe(502);
  });

  it('are installed by administrators of integrations, with sealed options', async () => {
    expect((await install([component(hook())], { password: 'tell-nobody' })).body).not.toHaveProperty(
      'option_values',
    );
    const tenant = shop.server.busbar.storage.database.tenant(shop.org);
    const rows = await tenant.query<{ row: string }>(sql`
      select to_jsonb(c)::text as row from external_catalog_component c where org_id = ${shop.org}`);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain('tell-nobody');
    const path = '/ext/v1/apps/1234567890/components';
    for (const token of [shop.publishable, undefined]) {
      const answer = await shop.server.request('PUT', path, { token, body: { components: [] } });
      expect([401, 403]).toContain(answer.status);
    }
    for (const [components, place] of [
      ['x', 'body.components'],
      [[{ ...component(hook()), component_type: 'API_PROXY' }], 'body.components[0].component_type'],
      [[component(hook(), hook())], 'body.components[0].configuration.hooks[1].id'],
      [[component(hook({ call: {} }))], 'body.components[0].configuration.hooks[0].call.url'],
      [[component(hook({ type: 'prices' }))], 'body.components[0].configuration.hooks[0].type'],
    ] as const) {
      const answer = await install(components);
      expect([answer.status, answer.body['errors']?.[0]?.['path']]).toEqual([400, place]);
    }
  });
});
