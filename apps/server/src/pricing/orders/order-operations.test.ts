import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { pricingRecurring } from '../index.ts';
import { fillCatalog, openShop, type Shop, type SmallCatalog } from '../testing/shop.ts';

let shop: Shop;
let catalog: SmallCatalog;
beforeAll(async () => {
  shop = await openShop();
  catalog = await fillCatalog(shop);
});

const wallboxes = (quantity: number) => [
  { price_id: catalog.wallboxPrice, product_id: catalog.wallbox, quantity, is_composite_price: false },
];
const create = (body: object, headers?: Record<string, string>) =>
  shop.admin('POST', '/v1/order', body, headers);
const put = (id: unknown, body: object, headers?: Record<string, string>) =>
  shop.admin('PUT', `/v1/order/${String(id)}`, body, headers);

describe('createOrder', () => {
  it('computes the order itself, whatever amounts are sent', async () => {
    const contact = await shop.create('contact', { first_name: 'Kim' });
    const { status, body } = await create({
      status: 'draft',
      line_items: wallboxes(2),
      amount_total: 1,
      amount_subtotal: 1,
      total_details: {},
      contact: 'ignored',
      billing_first_name: 'Kim',
      billing_contact: { $relation: [{ entity_id: contact }] },
      custom_note: 'ring twice',
      _tags: ['vip', 'e-mobility'],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      _schema: 'order',
      status: 'draft',
      amount_total: 119800,
      amount_subtotal: 100672,
      amount_tax: 19128,
      currency: 'EUR',
      source_type: 'manual',
      source: { title: 'manual', href: null },
      custom_note: 'ring twice',
      products: { $relation: [{ entity_id: catalog.wallbox }] },
      prices: { $relation: [{ entity_id: catalog.wallboxPrice }] },
      billing_contact: { $relation: [{ entity_id: contact }] },
      _tags: ['vip', 'e-mobility'],
    });
    expect(body['order_number']).toMatch(/^OR \d{4}\/\d{6}$/);
    expect(body['_title']).toBe(body['order_number']);
    expect(body).not.toHaveProperty('contact');
    const stored = await shop.admin('GET', `/v2/entity/order/${String(body['_id'])}`);
    expect(stored.body).toMatchObject({ order_number: body['order_number'], amount_total: 119800 });
  });

  it('takes an order without items, in the currency it names', async () => {
    const { status, body } = await create({ currency: 'CHF' });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ status: 'draft', currency: 'CHF', amount_total: 0, line_items: [] }),
    ]);
    expect((await create({})).body['currency']).toBe('EUR');
  });

  it('lets quotes expire after 30 days, or when they say', async () => {
    const now = shop.server.clock.now().getTime();
    const usual = await create({ status: 'quote', line_items: wallboxes(1) });
    expect(usual.body['expires_at']).toBe(new Date(now + 30 * 86_400_000).toISOString());
    const named = await create({ status: 'quote', expires_at: '2026-06-30T16:17:00+02:00' });
    expect(named.body['expires_at']).toBe('2026-06-30T14:17:00.000Z');
    expect(await create({ status: 'quote', expires_at: 'soon' })).toMatchObject({
      status: 400,
      body: { message: 'Invalid payload', cause: 'body.expires_at: must be an ISO timestamp' },
    });
    expect((await create({ expires_at: 'soon' })).body['expires_at']).toBe('soon');
  });

  it('refuses unknown states, products, prices and related entities without using up a number', async () => {
    const unknown = 'f4ab0c4e-7a3f-4a0c-9d0e-000000000000';
    const before = await create({});
    const refused = await Promise.all([
      create({ status: 'lost' }),
      create({ line_items: [{ price_id: unknown }] }),
      create({ line_items: [{ price_id: catalog.wallboxPrice, product_id: unknown }] }),
      create({ billing_contact: { $relation: [{ entity_id: unknown }] } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(numberOf(await create({}))).toBe(numberOf(before) + 1);
  });

  it('gives fifty orders at once fifty numbers in a row', async () => {
    const first = numberOf(await create({}));
    const orders = await Promise.all(Array.from({ length: 50 }, () => create({ line_items: wallboxes(1) })));
    const numbers = orders.map(numberOf).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => first + 1 + index));
  });

  it('keeps a number that is given, never gives it away again, and refuses it the second time', async () => {
    const year = shop.server.clock.now().getUTCFullYear();
    const next = `OR ${year}/${numberOf(await create({})) + 1}`;
    expect((await create({ order_number: next })).body['order_number']).toBe(next);
    expect(await create({ order_number: next })).toMatchObject({
      status: 409,
      body: { code: 'ORDER_NUMBER_TAKEN' },
    });
    expect((await create({})).body['order_number']).not.toBe(next);
  });

  it('answers a repeated Idempotency-Key with the first order, also at the same moment', async () => {
    const headers = { 'idempotency-key': 'once' };
    const body = { line_items: wallboxes(1) };
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(body, headers)));
    expect(new Set(answers.map(({ body: order }) => order['_id'])).size).toBe(1);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(await create({ line_items: wallboxes(2) }, headers)).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect((await create(body, { 'idempotency-key': 'another' })).body['_id']).not.toBe(
      answers[0]?.body['_id'],
    );
  });

  it('forgets repeated requests after a day', async () => {
    const { clock, busbar } = shop.server;
    const now = clock.now();
    const headers = { 'idempotency-key': 'daily' };
    const first = await create({}, headers);
    clock.advance(86_400_000);
    expect((await create({}, headers)).body['_id']).toBe(first.body['_id']);
    clock.advance(1);
    const second = await create({}, headers);
    expect(second.body['_id']).not.toBe(first.body['_id']);
    expect((await create({}, headers)).body['_id']).toBe(second.body['_id']);
    const remembered = () =>
      busbar.storage.database.tenant(shop.org).query(sql`
        select key_hash from order_request where org_id = ${shop.org} and requested_at = ${second.body['_created_at']}`);
    const [task] = pricingRecurring({
      ...{ database: busbar.storage.database, clock },
      ...{ spotPriceSource: undefined, report: () => undefined },
    });
    await task?.run(AbortSignal.timeout(10_000));
    expect(await remembered()).toHaveLength(1);
    clock.advance(86_400_001);
    await task?.run(AbortSignal.timeout(10_000));
    expect(await remembered()).toHaveLength(0);
    clock.set(now);
  });

  it('leaves an activity, and an event for an order that has been placed', async () => {
    const order = await create({ status: 'placed', line_items: wallboxes(1) });
    const id = String(order.body['_id']);
    const feed = await shop.admin('GET', `/v1/entity/order/${id}/activity`);
    expect(feed.body['results']?.[0]).toMatchObject({ type: 'EntityCreated' });
    expect(await submissions(id)).toBe(1);
    await put(id, { status: 'placed', line_items: order.body['line_items'], billing_vat: 'DE1' });
    expect(await submissions(id)).toBe(1);
    const draft = await create({ line_items: wallboxes(1) });
    expect(await submissions(String(draft.body['_id']))).toBe(0);
    await put(draft.body['_id'], { status: 'placed' });
    expect(await submissions(String(draft.body['_id']))).toBe(1);
  });

  it('needs the grant to create orders', async () => {
    expect((await shop.journey('/v1/order', {})).status).toBe(401);
    expect((await shop.server.request('POST', '/v1/order', { body: {} })).status).toBe(401);
  });
});

describe('putOrder', () => {
  it('replaces everything but number and source, and keeps historic prices', async () => {
    const { body: order } = await create({
      line_items: wallboxes(1),
      source_type: 'campaign',
      billing_vat: 'DE123',
      note: 'old',
    });
    await shop.admin('PATCH', `/v1/entity/price/${catalog.wallboxPrice}`, {
      unit_amount: 69900,
      unit_amount_decimal: '699',
    });
    const extra = {
      description: 'Anfahrt',
      _price: { unit_amount: 1000, unit_amount_decimal: '10', unit_amount_currency: 'EUR' },
    };
    const items = order['line_items'];
    const { status, body } = await put(order['_id'], {
      status: 'quote',
      line_items: [items?.[0], extra],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      _id: order['_id'],
      order_number: order['order_number'],
      source_type: 'campaign',
      status: 'quote',
      amount_total: 60900,
    });
    expect(body).not.toHaveProperty('billing_vat');
    expect(body).not.toHaveProperty('note');
    const fresh = await put(order['_id'], { line_items: wallboxes(1) });
    expect(fresh.body['amount_total']).toBe(69900);
    await shop.admin('PATCH', `/v1/entity/price/${catalog.wallboxPrice}`, {
      unit_amount: 59900,
      unit_amount_decimal: '599',
    });
  });

  it('moves _updated_at even without a difference, and honours If-Match', async () => {
    const { body: order } = await create({ line_items: wallboxes(1) });
    shop.server.clock.advance(5);
    const same = await put(order['_id'], { status: 'draft', line_items: order['line_items'] });
    expect(same.body['_updated_at']).not.toBe(order['_updated_at']);
    expect(
      await put(order['_id'], { line_items: [] }, { 'if-match': `"${String(order['_updated_at'])}"` }),
    ).toMatchObject({ status: 409, body: { code: 'ORDER_CHANGED' } });
    const current = await put(
      order['_id'],
      { line_items: [] },
      { 'if-match': String(same.body['_updated_at']) },
    );
    expect([current.status, current.body['amount_total']]).toEqual([200, 0]);
  });

  it('leaves the items of closed orders alone until they are drafts again', async () => {
    const { body: order } = await create({ status: 'completed', line_items: wallboxes(1) });
    expect(await put(order['_id'], { status: 'completed', line_items: wallboxes(2) })).toMatchObject({
      status: 400,
      body: { code: 'ORDER_CLOSED' },
    });
    const note = await put(order['_id'], { status: 'completed', line_items: order['line_items'], note: 'x' });
    expect(note.status).toBe(200);
    const reopened = await put(order['_id'], { status: 'draft', line_items: wallboxes(2) });
    expect(reopened.body).toMatchObject({ status: 'draft', amount_total: 119800 });
  });

  it('does not know orders of others and other entities', async () => {
    const neighbour = await openShop();
    const { body: foreign } = await neighbour.admin('POST', '/v1/order', {});
    for (const id of [foreign['_id'], catalog.wallbox]) {
      expect((await put(id, {})).status).toBe(404);
    }
    expect((await put('string', {})).status).toBe(400);
  });
});

function numberOf({ body }: { body: Awaited<ReturnType<typeof create>>['body'] }): number {
  return Number(String(body['order_number']).split('/')[1]);
}

/** How many events announced an order. */
async function submissions(orderId: string): Promise<number> {
  const { database } = shop.server.busbar.storage;
  const row = await database.tenant(shop.org).first<{ count: number }>(sql`
    select count(*) as count from catalog_event
     where org_id = ${shop.org} and name = 'OrderSubmission' and body -> 'order' ->> '_id' = ${orderId}`);
  return row?.count ?? 0;
}
