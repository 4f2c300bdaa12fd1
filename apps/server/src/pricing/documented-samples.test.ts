import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../contract/json-object.ts';
import type { Document } from '../entities/index.ts';
import { openShop, type Shop } from './testing/shop.ts';

const contract = asObject(
  JSON.parse(readFileSync(new URL(import.meta.resolve('@epilot/sdk/pricing/openapi.json')), 'utf8')),
);
const SAMPLED = [
  ['POST', '/v1/pricing:compute', 200],
  ['POST', '/v1/order', 201],
  ['PUT', '/v1/order/{id}', 200],
  ['POST', '/v1/public/cart:checkout', 200],
  ['POST', '/v1/public/validate-promo-codes', 200],
] as const;
const OPERATIONS = new Set([
  ...['$calculatePricingDetails', 'createOrder', 'putOrder', '$checkoutCart', '$searchCatalog'],
  ...['$privateSearchCatalog', '$validatePromoCodes'],
]);

let shop: Shop;
let known: Set<string>;
beforeAll(async () => {
  shop = await openShop();
  known = new Set();
});

/** The request examples of an operation in the published contract, by name. */
function examplesOf(method: string, path: string): [string, unknown][] {
  const operation = asObject(asObject(asObject(contract['paths'])[path])[method.toLowerCase()]);
  const content = asObject(asObject(operation['requestBody'])['content']);
  return Object.entries(asObject(asObject(content['application/json'])['examples'])).map(
    ([name, example]) => {
      const reference = asObject(example)['$ref'];
      if (typeof reference !== 'string') return [name, asObject(example)['value']];
      const found = asObject(asObject(contract['components'])['examples'])[reference.split('/').at(-1) ?? ''];
      return [name, asObject(found)['value']];
    },
  );
}

/** Stores what a sample refers to under the very ids it uses. */
async function provide(sample: unknown): Promise<void> {
  if (Array.isArray(sample)) for (const item of sample) await provide(item);
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) return;
  const members: JsonObject = { ...sample };
  const composite = members['is_composite_price'] === true;
  const price = { active: true, unit_amount: 1000, unit_amount_decimal: '10', is_composite_price: composite };
  const ids: [unknown, string, Document][] = [
    [members['price_id'], 'price', { ...price, pricing_model: 'per_unit', type: 'one_time' }],
    [members['product_id'], 'product', { name: 'Sample', active: true }],
    [members['entity_id'], 'contact', { first_name: 'Sample' }],
    ...[members['coupon_ids'], ...Object.values(asObject(members['price_component_coupon_ids']))]
      .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
      .map((id): [unknown, string, Document] => [id, 'coupon', { name: 'Sample', active: true }]),
  ];
  const { entities } = shop.server.busbar.rooms;
  const tenant = shop.server.busbar.storage.database.tenant(shop.org);
  for (const [id, schema, attributes] of ids) {
    if (typeof id !== 'string' || known.has(id)) continue;
    known.add(id);
    const change = { kind: 'create' as const, id, schema, attributes };
    const source = { kind: 'system' as const, actor: { type: 'system' as const } };
    await tenant.transaction((tx) => entities.write(tx, [change], { source }));
  }
  for (const member of Object.values(members)) await provide(member);
}

describe('the examples of the published contract', () => {
  it.each(SAMPLED)('are accepted by %s %s', async (method, path, expected) => {
    const examples = examplesOf(method, path);
    expect(examples.length).toBeGreaterThan(0);
    const { body: order } = await shop.admin('POST', '/v1/order', {});
    const place = path.replace('{id}', String(order['_id']));
    for (const [name, sample] of examples) {
      await provide(sample);
      const answer = path.includes('/public/')
        ? await shop.stranger(place, sample, { authorization: `Bearer ${shop.publishable}` })
        : await shop.admin(method, place, sample);
      expect([name, answer.status, answer.body['errors']]).toEqual([name, expected, undefined]);
    }
  });
});

describe('the documented sample calls', () => {
  const samples: { operationId: string; method: string; path: string; params: JsonObject; body: unknown }[] =
    JSON.parse(readFileSync(new URL('../contract/samples/pricing.json', import.meta.url), 'utf8'));

  it.each(samples.filter(({ operationId }) => OPERATIONS.has(operationId)))(
    'of $operationId gets a clean answer from both kinds of callers',
    async ({ method, path, params, body }) => {
      const place = path.replace('{id}', String(params['id']));
      const asAdmin = await shop.admin(method, place, body);
      const anonymously = await shop.server.request(method, place, {
        body,
        headers: { 'x-ivy-org-id': shop.org },
      });
      for (const { status, body: answer } of [asAdmin, anonymously]) {
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(answer).toMatchObject({ status, message: expect.any(String) });
      }
    },
  );
});
