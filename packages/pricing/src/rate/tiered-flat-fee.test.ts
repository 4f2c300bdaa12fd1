import { describe, expect, it } from 'vitest';
import { priced } from '../testing/priced.ts';

const tiers = [
  { up_to: 5, flat_fee_amount: 149000, flat_fee_amount_decimal: '1490.00' },
  { up_to: 10, flat_fee_amount: 229000, flat_fee_amount_decimal: '2290.00' },
];
const price = { pricing_model: 'tiered_flatfee', tiers };
const coupon = { _id: 'c', type: 'percentage', category: 'discount', percentage_value: '10' };

describe('a flat fee', () => {
  it.each([
    [5, 149000],
    [5.01, 229000],
    [30, 229000],
    [-1, 0],
  ])('for %d kWp is %d cents', (size, cents) => {
    expect(priced(price, size).amount_subtotal).toBe(cents);
  });

  it('is multiplied by the quantity only if there is an input, or a discount', () => {
    expect(priced(price, undefined, { quantity: 2 }).amount_subtotal).toBe(149000);
    expect(priced(price, 4, { quantity: 2 }).amount_subtotal).toBe(298000);
    expect(priced(price, undefined, { quantity: 2, _coupons: [coupon] }).amount_subtotal).toBe(268200);
  });

  it('is listed once in the details', () => {
    expect(priced(price, 4, { quantity: 2 }).tiers_details).toMatchObject([
      { quantity: 4, unit_amount: 149000, amount_subtotal: 149000, amount_total: 177310, amount_tax: 28310 },
    ]);
  });
});
