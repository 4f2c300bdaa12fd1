import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { pricePublicCart } from '../compute/compute-cart.ts';
import { Signatures } from '../signature.ts';
import { fillCatalog, openShop, type Shop, type SmallCatalog } from '../testing/shop.ts';

let shop: Shop;
let catalog: SmallCatalog;
beforeAll(async () => {
  shop = await openShop();
  catalog = await fillCatalog(shop);
});

const PATH = '/v1/public/cart:checkout';
const wallbox = (more: object = {}) => ({
  ...{ price_id: catalog.wallboxPrice, product_id: catalog.wallbox, quantity: 1, is_composite_price: false },
  ...more,
});
const customer = (email = `${randomUUID()}@example.org`) => ({
  first_name: 'Kim',
  last_name: 'Muster',
  email,
});
const checkout = (cart: unknown, more: object = {}, headers?: Record<string, string>) =>
  shop.stranger(PATH, { cart, ...more }, headers);

describe('$checkoutCart', () => {
  it('makes an order of a cart, linked to a new contact', async () => {
    const who = { ...customer(), company_name: 'Muster GmbH', vat_id: 'DE1', phone: '+49221' };
    const { status, body } = await checkout({
      line_items: [wallbox({ quantity: 2 })],
      customer: who,
      billing_address: { street: 'Im Mediapark', street_number: '8a', city: 'Köln' },
      delivery_address: { city: 'Bonn' },
      additional_addresses: [{ city: 'Trier' }],
      payment_method: { type: 'payment_invoice', details: {} },
      tags: ['web'],
      journey_data: { step: 3 },
      consents: { terms: true },
      metadata: [{ key: 'campaign', value: 'spring' }],
    });
    expect(status).toBe(200);
    const { order } = body;
    expect(order).toMatchObject({
      status: 'placed',
      amount_total: 119800,
      source_type: 'journey',
      source: { title: 'journey', href: null },
      billing_first_name: 'Kim',
      billing_company_name: 'Muster GmbH',
      billing_vat: 'DE1',
      billing_email: who.email,
      billing_address: [{ street: 'Im Mediapark', _tags: ['billing'] }],
      delivery_address: [{ city: 'Bonn', _tags: ['delivery'] }, { city: 'Trier' }],
      payment_method: [{ type: 'payment_invoice' }],
      _tags: ['web', 'e-mobility'],
      journey_data: { step: 3 },
      consents: { terms: true },
      metadata: [{ key: 'campaign', value: 'spring' }],
    });
    expect(order?.['cart_id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(order?.['order_number']).toMatch(/^OR \d{4}\/\d{6}$/);
    const contactId = String(order?.['customer']?.['$relation']?.[0]?.['entity_id']);
    const contact = await shop.admin('GET', `/v2/entity/contact/${contactId}`);
    expect(contact.body).toMatchObject({ _title: 'Kim Muster', email: [{ email: who.email }] });
    const again = await checkout({ line_items: [wallbox()], customer: { ...who, first_name: 'Eve' } });
    expect(again.body['order']?.['billing_contact']?.['$relation']?.[0]?.['entity_id']).toBe(contactId);
    expect((await shop.admin('GET', `/v2/entity/contact/${contactId}`)).body['first_name']).toBe('Kim');
  });

  it('knows every mode', async () => {
    const cart = (status?: string) => ({ line_items: [wallbox()], ...(status ? { status } : {}) });
    const order = async (...args: Parameters<typeof checkout>) => (await checkout(...args)).body['order'];
    expect(await order(cart('draft'), { mode: 'create_order' })).toMatchObject({ status: 'placed' });
    expect(await order(cart(), { mode: 'create_invoice' })).toMatchObject({
      status: 'draft',
      checkout_mode: 'create_invoice',
    });
    expect(await order(cart(), { mode: 'create_quote' })).toMatchObject({
      status: 'quote',
      expires_at: new Date(shop.server.clock.now().getTime() + 30 * 86_400_000).toISOString(),
    });
    expect(await order(cart('draft'))).toMatchObject({ status: 'draft' });
    for (const status of ['completed', 'cancelled'])
      expect(await checkout(cart(status))).toMatchObject({
        status: 400,
        body: { cause: 'body.cart.status: must be one of draft, quote, placed' },
      });
  });

  it('refuses to order nothing for nothing, and more than numbers can say', async () => {
    const tariff = { price_id: catalog.tariffPrice, is_composite_price: true, quantity: 1 };
    const chosen = (...ids: string[]) => ({ line_items: [{ ...tariff, selected_price_component_ids: ids }] });
    expect(await checkout(chosen(catalog.basePrice, 'none'))).toMatchObject({
      status: 400,
      body: { cause: 'line_items[0].selected_price_component_ids: none is no component of the price' },
    });
    expect((await checkout(chosen(catalog.basePrice))).body['order']?.['amount_total']).toBe(1190);
    const much = { price_id: catalog.wallboxPrice, quantity: 1e13 };
    expect(await checkout({ line_items: [much] })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_AMOUNT', cause: 'line_items: INVALID_AMOUNT' },
    });
  });

  it('relates orders to files that their sender may see, and tells nobody which others exist', async () => {
    const file = await shop.create('file', { filename: 'roof.jpg', access_control: 'public-read' });
    const secret = await shop.create('file', { filename: 'invoice.pdf', shared_with_end_customer: true });
    const contact = await shop.create('contact', { first_name: 'Nobody' });
    const made = await checkout({ line_items: [wallbox()], files: [file.toUpperCase(), file] });
    expect(made.body['order']).toMatchObject({ _files: { $relation: [{ entity_id: file }] } });
    for (const other of [secret, contact, '5da0a718-c822-403d-9f5d-20d4584e0528', 'none'])
      for (const ask of [shop.stranger, shop.journey]) {
        const cart = { line_items: [wallbox()], files: [file, other] };
        expect(await ask(PATH, { cart }), other).toMatchObject({
          status: 400,
          body: { code: 'FILE_NOT_FOUND', cause: 'body.cart.files[1]', message: `file not found: ${other}` },
        });
      }
    const byStaff = await shop.admin('POST', PATH, { cart: { line_items: [wallbox()], files: [secret] } });
    expect(byStaff.body['order']).toMatchObject({ _files: { $relation: [{ entity_id: secret }] } });
    const many = Array.from({ length: 21 }, () => randomUUID());
    expect((await checkout({ line_items: [wallbox()], files: many })).body['cause']).toMatch(/at most 20/);
  });

  it('saves what the journey has uploaded, once, and nothing that somebody else has', async () => {
    const { server, publishable } = shop;
    const upload = async (token: string) => {
      const body = { filename: 'Dach.pdf' };
      const issued = await server.request('POST', '/v2/files/upload', { token, body });
      const { pathname, search } = new URL(String(issued.body['upload_url']));
      const put = await server.busbar.http.inject({
        ...{ method: 'PUT', url: `${pathname}${search}`, payload: Buffer.from('%PDF-1.7 roof') },
        headers: { 'content-type': 'application/octet-stream' },
      });
      expect(put.statusCode).toBe(200);
      return String(issued.body['s3ref']?.['key']);
    };
    const cartWith = (key: string) => ({ cart: { line_items: [wallbox()], files: [key] } });
    const key = await upload(publishable);
    expect(await checkout(cartWith(key).cart)).toMatchObject({
      status: 400,
      body: { code: 'FILE_NOT_FOUND' },
    });
    const { status, body } = await shop.journey(PATH, cartWith(key));
    expect(status).toBe(200);
    const id = String(body['order']?.['_files']?.['$relation']?.[0]?.['entity_id']);
    expect((await shop.admin('GET', `/v2/entity/file/${id}`)).body).toMatchObject({
      ...{ filename: 'Dach.pdf', access_control: 'private', mime_type: 'application/pdf' },
    });
    for (const taken of [key, await upload(shop.token), 'other/temp/x/y.pdf']) {
      expect(await shop.journey(PATH, cartWith(taken)), taken).toMatchObject({
        ...{ status: 400, body: { code: 'FILE_NOT_FOUND', cause: 'body.cart.files[0]' } },
      });
    }
  });

  it('makes one order of a cart that comes several times, at once or later', async () => {
    const cart = { line_items: [wallbox()], customer: customer() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => checkout(cart)));
    const later = await checkout(cart);
    const ids = [...answers, later].map(({ body }) => body['order']?.['_id']);
    expect(ids[0]).toBeDefined();
    expect(new Set(ids).size).toBe(1);
  });

  it('makes another order once the first one is cancelled', async () => {
    const cart = { line_items: [wallbox()], customer: customer() };
    const first = (await checkout(cart)).body['order'];
    const cancelled = { status: 'cancelled', line_items: first?.['line_items'] };
    await shop.admin('PUT', `/v1/order/${String(first?.['_id'])}`, cancelled);
    expect((await checkout(cart)).body['order']?.['_id']).not.toBe(first?.['_id']);
  });

  it('taxes with a tax that is no longer active for new prices', async () => {
    const tax = await shop.create('tax', { type: 'VAT', rate: '19', active: false });
    const price = await shop.create('price', {
      ...{ active: true, pricing_model: 'per_unit', is_tax_inclusive: true, type: 'one_time' },
      ...{ unit_amount: 11900, unit_amount_decimal: '119', tax: { $relation: [{ entity_id: tax }] } },
    });
    const { body } = await checkout({ line_items: [{ price_id: price, quantity: 1 }] });
    expect(body['order']).toMatchObject({ amount_total: 11900, amount_tax: 1900 });
  });

  it('tells carts apart by customer, by key, and without a customer', async () => {
    const items = { line_items: [wallbox()] };
    const named = { ...items, customer: customer() };
    const answers = await Promise.all([
      checkout({ ...items, customer: customer() }),
      checkout(named),
      checkout(named, {}, { 'idempotency-key': 'a' }),
      checkout(named, {}, { 'idempotency-key': 'b' }),
      checkout(items),
      checkout(items),
    ]);
    expect(new Set(answers.map(({ body }) => body['order']?.['_id'])).size).toBe(6);
  });

  it('makes one contact of twenty first orders with one address', async () => {
    const who = customer();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        checkout({
          line_items: [wallbox({ quantity: index + 1 })],
          customer: index % 2 === 0 ? who : { ...who, email: who.email.toUpperCase() },
        }),
      ),
    );
    const contacts = answers.map(
      ({ body }) => body['order']?.['customer']?.['$relation']?.[0]?.['entity_id'],
    );
    expect(new Set(contacts).size).toBe(1);
  });

  it('takes prices from the catalog, never from the cart', async () => {
    const cheap = { unit_amount: 1, unit_amount_decimal: '0.01', pricing_model: 'per_unit' };
    const tampered = {
      ...cheap,
      _price: { ...cheap, is_tax_inclusive: true },
      _coupons: [
        { _id: randomUUID(), name: 'x', type: 'percentage', category: 'discount', percentage_value: '99' },
      ],
      taxes: [{ tax: { type: 'VAT', rate: 0 } }],
      is_tax_inclusive: false,
      amount_total: 1,
    };
    const { body } = await checkout({ line_items: [wallbox(tampered)] });
    expect(body['order']).toMatchObject({ amount_total: 59900, amount_tax: 9564 });
    const part = await checkout({
      line_items: [
        {
          price_id: catalog.tariffPrice,
          is_composite_price: true,
          item_components: [{ price_id: catalog.basePrice, quantity: 0, ...cheap }],
          price_mappings: [{ price_id: catalog.workPrice, value: 3500, frequency_unit: 'yearly' }],
        },
      ],
    });
    expect(part.body['order']?.['amount_total']).toBe(9882);
  });

  it('prices the same whatever else strangers write into their items', async () => {
    const said = new Set<string>([
      ...['quantity', 'product_id', 'price_id', 'price_mappings', 'external_fees_mappings', 'coupon_ids'],
      ...['external_fees_metadata', 'external_location_metadata', 'external_price_metadata'],
      ...['selected_price_component_ids', 'price_component_coupon_ids', '_immutable_pricing_details'],
    ]);
    const signatures = new Signatures(shop.server.busbar.ports);
    const tenant = shop.server.busbar.storage.database.tenant(shop.org);
    const member = fc.oneof(
      fc.constantFrom('unit_amount', 'unit_amount_decimal', '_price', 'taxes', 'type', 'is_tax_inclusive'),
      fc.constantFrom('item_components', '_coupons', 'pricing_model', 'on_request_approved', 'total_details'),
      fc.constantFrom('is_composite_price', 'billing_period', 'amount_total', 'before_discount_unit_amount'),
      fc.string().filter((name) => !said.has(name)),
    );
    const extras = fc.dictionary(member, fc.oneof(fc.jsonValue(), fc.constantFrom('0.01', 1, true, [])));
    const property = fc.asyncProperty(extras, async (more) => {
      const lineItems = [
        { ...more, ...wallbox() },
        { ...more, price_id: catalog.tariffPrice },
      ];
      const { details } = await pricePublicCart(tenant, { lineItems, redeemedPromos: [] }, signatures);
      expect([details.amount_total, details.amount_tax]).toEqual([61120, 9759]);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('refuses tricks with numbers, foreign products, hidden and unknown prices', async () => {
    const [inactive, other] = await Promise.all([
      shop.create('price', {
        active: false,
        pricing_model: 'per_unit',
        unit_amount_decimal: '1',
        unit_amount: 100,
      }),
      shop.create('price', {
        active: true,
        pricing_model: 'per_unit',
        unit_amount_decimal: '1',
        unit_amount: 100,
      }),
    ]);
    const carts: [object, string][] = [
      [wallbox({ quantity: -1 }), 'INVALID_PAYLOAD'],
      [wallbox({ price_mappings: [{ price_id: catalog.wallboxPrice, value: -5 }] }), 'INVALID_PAYLOAD'],
      [wallbox({ price_id: inactive }), 'PRICE_NOT_FOUND'],
      [wallbox({ price_id: other }), 'PRICE_NOT_OF_PRODUCT'],
      [wallbox({ price_id: randomUUID() }), 'PRICE_NOT_FOUND'],
      [wallbox({ product_id: randomUUID() }), 'PRODUCT_NOT_FOUND'],
      [wallbox({ coupon_ids: [randomUUID()] }), 'COUPON_NOT_FOUND'],
      [{ description: 'for free', unit_amount: 0 }, 'INVALID_PAYLOAD'],
    ];
    for (const [item, code] of carts) {
      expect(await checkout({ line_items: [item] })).toMatchObject({ status: 400, body: { code } });
    }
    expect(await checkout({ line_items: [] })).toMatchObject({ status: 400 });
    expect(await checkout('a-cart-id')).toMatchObject({ status: 400, body: { message: 'cart not found' } });
    expect((await checkout({ line_items: [wallbox()], files: [randomUUID()] })).status).toBe(400);
  });

  it('takes both kinds of callers, and refuses a token of another organisation than the header', async () => {
    const cart = { line_items: [wallbox()] };
    const { server } = shop;
    expect((await shop.journey(PATH, { cart })).status).toBe(200);
    const token = shop.publishable;
    expect((await server.request('POST', PATH, { token, body: { cart } })).status).toBe(200);
    const epilot = { 'x-epilot-org-id': shop.org };
    expect((await server.request('POST', PATH, { body: { cart }, headers: epilot })).status).toBe(200);
    expect(await server.request('POST', PATH, { body: { cart } })).toMatchObject({
      status: 400,
      body: { message: 'organization is required' },
    });
    expect((await shop.journey(PATH, { cart }, { 'x-ivy-org-id': '1' })).status).toBe(403);
    const foreign = await server.request('POST', PATH, { body: { cart }, headers: { 'x-ivy-org-id': '1' } });
    expect(foreign.status).toBe(400);
  });

  it('accepts the documented sample', async () => {
    const { status } = await shop.stranger(PATH, {
      mode: 'create_order',
      cart: {
        customer: {
          first_name: 'john',
          last_name: 'doe',
          email: 'johndoe@company.com',
          phone: '+44233242423',
        },
        billing_address: {
          street1: 'wallstreet',
          street2: 1,
          city: 'new york city',
          country: 'united states',
        },
        delivery_address: { street1: 'berverly hills avenue', city: 'berverly hills', country_code: 'CA' },
        line_items: [wallbox({ quantity: 3 }), wallbox({ quantity: 2 })],
      },
    });
    expect(status).toBe(200);
  });
});
