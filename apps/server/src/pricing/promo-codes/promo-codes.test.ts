import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { fillCatalog, openShop, type Shop, type SmallCatalog } from '../testing/shop.ts';

let shop: Shop;
let catalog: SmallCatalog;
beforeAll(async () => {
  shop = await openShop();
  catalog = await fillCatalog(shop);
});

/** A coupon of 50 % behind a promo code. */
const halfOff = (code: string, limit?: number, more: object = {}) =>
  shop.create('coupon', {
    ...{ name: `Half off ${code}`, category: 'discount', type: 'percentage', percentage_value: '50' },
    ...{ active: true, requires_promo_code: true },
    promo_codes: [
      {
        id: `promo-${code}`,
        code,
        ...(limit === undefined ? {} : { has_usage_limit: true, usage_limit: limit }),
      },
    ],
    ...more,
  });
const validate = (coupon_ids: readonly string[], promo_codes: readonly string[]) =>
  shop.journey('/v1/public/validate-promo-codes', { coupon_ids, promo_codes });
const matchedIds = async (...args: Parameters<typeof validate>) =>
  (await validate(...args)).body['matched_coupons'];
const usageOf = async (coupon: string) =>
  (await shop.admin('GET', `/v2/entity/coupon/${coupon}`)).body['promo_code_usage'];
const promo = (code: string, coupon: string) => [
  { code, coupons: [{ _id: coupon, name: code, type: 'percentage', category: 'discount' }] },
];
const checkout = (code: string, coupon: string, mode = 'create_order') =>
  shop.stranger('/v1/public/cart:checkout', {
    mode,
    cart: {
      line_items: [{ price_id: catalog.wallboxPrice, quantity: 1, coupon_ids: [coupon] }],
      customer: { email: `${randomUUID()}@example.org` },
    },
    redeemed_promos: promo(code, coupon),
  });

describe('$validatePromoCodes', () => {
  it('answers the coupons that a code unlocks, in the order asked, without their codes', async () => {
    const [one, two, plain] = await Promise.all([
      halfOff('ONE'),
      halfOff('TWO'),
      halfOff('FREE', undefined, { requires_promo_code: false }),
    ]);
    const { status, body } = await validate(
      [two, one, two, plain, randomUUID(), 'x'],
      [' ONE ', 'TWO', 'FREE'],
    );
    expect(status).toBe(200);
    expect(body['matched_coupons']).toMatchObject([{ _id: two }, { _id: one }]);
    expect(JSON.stringify(body)).not.toContain('promo_code_usage');
    expect(JSON.stringify(body)).not.toContain('promo-ONE');
    expect(await matchedIds([one, two], ['one', ''])).toEqual([]);
    expect(await matchedIds([], ['ONE'])).toEqual([]);
    expect((await shop.journey('/v1/public/validate-promo-codes', {})).body).toEqual({ matched_coupons: [] });
  });

  it('does not match what is inactive or used up', async () => {
    const [off, used, open] = await Promise.all([
      halfOff('OFF', undefined, { active: false }),
      halfOff('USED', 2, { promo_code_usage: { 'promo-USED': 2 } }),
      halfOff('OPEN', 2, { promo_code_usage: { 'promo-OPEN': 1 } }),
    ]);
    expect(await matchedIds([off, used, open], ['OFF', 'USED', 'OPEN'])).toMatchObject([{ _id: open }]);
    expect(await usageOf(open)).toEqual({ 'promo-OPEN': 1 });
  });

  it('wants a token, takes a private one, and limits lists and guesses', async () => {
    const path = '/v1/public/validate-promo-codes';
    const other = await openShop();
    expect((await other.stranger(path, {})).status).toBe(401);
    expect((await other.admin('POST', path, {})).status).toBe(200);
    expect((await other.journey(path, { promo_codes: Array.from({ length: 101 }, () => 'x') })).status).toBe(
      400,
    );
    const answers = await Promise.all(Array.from({ length: 30 }, () => other.journey(path, {})));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(answers.find(({ status }) => status === 429)?.headers['retry-after']).toBe('60');
  });
});

describe('redeeming promo codes', () => {
  it('lets a limit of seven be used seven times when fifty come at once', async () => {
    const coupon = await halfOff('RUSH', 7);
    const answers = await Promise.all(Array.from({ length: 50 }, () => checkout('RUSH', coupon)));
    const made = answers.filter(({ status }) => status === 200);
    expect(made).toHaveLength(7);
    expect(new Set(made.map(({ body }) => body['order']?.['amount_total']))).toEqual(new Set([29950]));
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused).toHaveLength(43);
    expect(new Set(refused.map(({ body }) => body['message']))).toEqual(
      new Set(['promo code usage limit reached']),
    );
    expect(await usageOf(coupon)).toEqual({ 'promo-RUSH': 7 });
    const numbers = made.map(({ body }) => Number(String(body['order']?.['order_number']).split('/')[1]));
    expect(Math.max(...numbers) - Math.min(...numbers)).toBe(6);
  });

  it('counts an order once, when it is placed, and gives back when it is cancelled', async () => {
    const coupon = await halfOff('ONCE', 1);
    const order = {
      line_items: [{ price_id: catalog.wallboxPrice, coupon_ids: [coupon] }],
      redeemed_promos: promo('ONCE', coupon),
    };
    const { body: draft } = await shop.admin('POST', '/v1/order', order);
    const move = (status: string) =>
      shop.admin('PUT', `/v1/order/${String(draft['_id'])}`, { ...order, status });
    expect(await usageOf(coupon)).toBeUndefined();
    expect((await move('placed')).status).toBe(200);
    expect((await move('placed')).status).toBe(200);
    expect((await move('completed')).status).toBe(200);
    expect(await usageOf(coupon)).toEqual({ 'promo-ONCE': 1 });
    expect(await shop.admin('POST', '/v1/order', { ...order, status: 'placed' })).toMatchObject({
      status: 400,
      body: { code: 'PROMO_CODE_USED_UP' },
    });
    const items = (await shop.admin('GET', `/v2/entity/order/${String(draft['_id'])}`)).body['line_items'];
    await shop.admin('PUT', `/v1/order/${String(draft['_id'])}`, {
      ...order,
      line_items: items,
      status: 'cancelled',
    });
    expect(await usageOf(coupon)).toEqual({ 'promo-ONCE': 0 });
    expect((await shop.admin('POST', '/v1/order', { ...order, status: 'placed' })).status).toBe(201);
  });

  it('counts right while orders are placed, completed and cancelled at once', async () => {
    const [one, two] = await Promise.all([halfOff('MANY', 15), halfOff('MORE', 15)]);
    const order = (turn: number) => ({
      line_items: [{ price_id: catalog.wallboxPrice, coupon_ids: turn % 2 === 0 ? [one, two] : [two, one] }],
      redeemed_promos:
        turn % 2 === 0
          ? [...promo('MANY', one), ...promo('MORE', two)]
          : [...promo('MORE', two), ...promo('MANY', one)],
    });
    const lives = Array.from({ length: 24 }, async (_, turn) => {
      const { body: draft } = await shop.admin('POST', '/v1/order', order(turn));
      const move = (status: string) =>
        shop.admin('PUT', `/v1/order/${String(draft['_id'])}`, { ...order(turn), status });
      const placed = await move('placed');
      if (placed.status !== 200) return placed;
      return turn % 3 === 0 ? move('cancelled') : move('completed');
    });
    const ends = await Promise.all(lives);
    expect(ends.filter(({ status }) => status !== 200 && status !== 400)).toEqual([]);
    const counting = ends.filter(({ body }) => body['status'] === ('completed' as unknown)).length;
    expect(counting).toBeGreaterThan(0);
    expect([await usageOf(one), await usageOf(two)]).toEqual([
      { 'promo-MANY': counting },
      { 'promo-MORE': counting },
    ]);
  });

  it('does not count quotes and invoices, and refuses strangers codes that unlock nothing', async () => {
    const coupon = await halfOff('QUOTE', 1);
    expect((await checkout('QUOTE', coupon, 'create_quote')).status).toBe(200);
    expect((await checkout('QUOTE', coupon, 'create_invoice')).status).toBe(200);
    expect(await usageOf(coupon)).toBeUndefined();
    expect(await checkout('WRONG', coupon)).toMatchObject({
      status: 400,
      body: { code: 'PROMO_CODE_NOT_VALID' },
    });
  });
});
