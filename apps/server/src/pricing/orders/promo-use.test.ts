import { beforeAll, describe, expect, it } from 'vitest';
import { erpFixtureIn, event, useCase } from '../../integration/testing/erp-fixture.ts';
import { customerWithGrants, relatedTo } from '../../portal/entities/testing/customer-with-grants.ts';
import type { PortalCustomer } from '../../portal/service/testing/portal-customer.ts';

let me: PortalCustomer;
beforeAll(async () => {
  me = await customerWithGrants({}, [['entity:edit', 'order:*']]);
});

const staff = (method: string, path: string, body?: unknown) =>
  me.server.request(method, path, { token: me.admin, body });
/** A coupon with a promo code that may be used `limit` times. */
const couponOf = (code: string, limit: number) =>
  me.create('coupon', {
    ...{ name: code, category: 'discount', type: 'percentage', percentage_value: '50', active: true },
    requires_promo_code: true,
    promo_codes: [{ id: `promo-${code}`, code, has_usage_limit: true, usage_limit: limit }],
  });
const orderWith = (code: string, coupon: string, more: object = {}) =>
  me.create('order', {
    status: 'quote',
    customer: relatedTo(me.contactId),
    redeemed_promos: [{ code, coupons: [{ _id: coupon }] }],
    ...more,
  });
const usageOf = async (coupon: string): Promise<unknown> => {
  const { body } = await staff('GET', `/v2/entity/coupon/${coupon}`);
  return Object.values(body['promo_code_usage'] ?? {})[0];
};
const decide = (order: string, decision: 'accept' | 'decline') =>
  me.ask('POST', `/v2/portal/order/${order}/acceptance`, { decision });
const patch = (order: string, attributes: object) => staff('PATCH', `/v1/entity/order/${order}`, attributes);

describe('the use of promo codes', () => {
  it('holds its limit when fifty customers accept offers at once', async () => {
    const coupon = await couponOf('OFFER', 7);
    const orders = await Promise.all(Array.from({ length: 50 }, () => orderWith('OFFER', coupon)));
    const answers = await Promise.all(orders.map((order) => decide(order, 'accept')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused).toHaveLength(43);
    expect(new Set(refused.map(({ body }) => body['code']))).toEqual(new Set(['PROMO_CODE_USED_UP']));
    expect(await usageOf(coupon)).toBe(7);
    const states = await Promise.all(orders.map((order) => staff('GET', `/v2/entity/order/${order}`)));
    expect(states.filter(({ body }) => String(body['status']) === 'placed')).toHaveLength(7);
  });

  it('counts one order once when acceptance, staff and Entity API place it at once', async () => {
    const coupon = await couponOf('RACE', 50);
    const order = await orderWith('RACE', coupon);
    await Promise.all(
      Array.from({ length: 50 }, (_, turn) =>
        turn % 5 === 0
          ? decide(order, 'accept')
          : patch(order, { status: turn % 2 ? 'placed' : 'completed' }),
      ),
    );
    expect(await usageOf(coupon)).toBe(1);
  });

  it('moves with the status, whoever changes it', async () => {
    const coupon = await couponOf('MOVE', 1);
    const [order, other] = [await orderWith('MOVE', coupon), await orderWith('MOVE', coupon)];
    expect((await decide(order, 'accept')).status).toBe(200);
    expect(await patch(other, { status: 'placed' })).toMatchObject({
      status: 400,
      body: { code: 'PROMO_CODE_USED_UP' },
    });
    expect((await patch(order, { status: 'cancelled' })).status).toBe(200);
    expect(await usageOf(coupon)).toBe(0);
    expect((await patch(other, { status: 'completed' })).status).toBe(200);
    expect((await patch(other, { status: 'placed', note: 'again' })).status).toBe(200);
    expect(await usageOf(coupon)).toBe(1);
    const declined = await orderWith('MOVE', coupon);
    expect((await decide(declined, 'decline')).status).toBe(200);
    expect(await usageOf(coupon)).toBe(1);
    const { body } = await staff('PUT', `/v1/order/${other}`, { status: 'cancelled' });
    expect([body['status'], await usageOf(coupon)]).toEqual(['cancelled', 0]);
  });

  it('counts codes that are added to a placed order', async () => {
    const coupon = await couponOf('LATE', 1);
    const order = await me.create('order', { status: 'placed', customer: relatedTo(me.contactId) });
    expect(await usageOf(coupon)).toBeUndefined();
    const redeemed_promos = [{ code: 'LATE', coupons: [{ _id: coupon }, { _id: 'no id' }, {}] }, {}];
    expect((await patch(order, { redeemed_promos })).status).toBe(200);
    expect(await usageOf(coupon)).toBe(1);
  });

  it('takes the word of an ERP, also beyond a limit', async () => {
    const coupon = await couponOf('ERP', 1);
    const fields = [
      { attribute: 'order_number', field: 'nr' },
      { attribute: 'status', field: 'state' },
    ];
    const erp = await erpFixtureIn({ ...me, token: me.admin }, [
      useCase('orders', 'order', fields, { unique_ids: ['order_number'] }),
    ]);
    await orderWith('ERP', coupon, { order_number: 'E-1' });
    await orderWith('ERP', coupon, { order_number: 'E-2' });
    await erp.sync([
      event('orders', { nr: 'E-1', state: 'placed' }),
      event('orders', { nr: 'E-2', state: 'completed' }),
      event('orders', { nr: 'E-1', state: 'completed' }),
    ]);
    expect(await usageOf(coupon)).toBe(2);
    await erp.sync([event('orders', { nr: 'E-1', state: 'cancelled' })]);
    expect(await usageOf(coupon)).toBe(1);
  });
});
