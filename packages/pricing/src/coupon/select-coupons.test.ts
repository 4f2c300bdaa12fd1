import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Coupon } from '../contract/coupon.ts';
import { chosenCoupon, compareCoupons, isValidCoupon, type ValidCoupon } from './select-coupons.ts';

const nothingUnlocked: ReadonlySet<string> = new Set();

const coupon: fc.Arbitrary<ValidCoupon> = fc.oneof(
  fc.record({
    _id: fc.uuid(),
    type: fc.constant('percentage' as const),
    category: fc.constantFrom('discount', 'cashback'),
    percentage_value: fc.integer({ min: 0, max: 3 }).map(String),
    _created_at: fc.constantFrom('2024-01-01', '2025-01-01', 'unreadable', null),
  }),
  fc.record({
    _id: fc.uuid(),
    type: fc.constant('fixed' as const),
    category: fc.constantFrom('discount', 'cashback'),
    fixed_value: fc.integer({ min: 0, max: 3 }),
    fixed_value_decimal: fc.constant('1.00'),
    fixed_value_currency: fc.constant('EUR'),
    _created_at: fc.constantFrom('2024-01-01', '2025-01-01', undefined),
  }),
);

describe('choosing a coupon', () => {
  it('takes the first of a stable sort', () => {
    fc.assert(
      fc.property(fc.array(coupon), (coupons) => {
        expect(chosenCoupon(coupons, nothingUnlocked)).toBe(coupons.toSorted(compareCoupons)[0]);
      }),
    );
  });

  it('ranks coupons of an unknown category or none among the discounts', () => {
    const of = (category: string | undefined, percentage_value: string): Coupon => ({
      type: 'percentage',
      percentage_value,
      ...(category === undefined ? {} : { category }),
    });
    const [small, large, none] = [of('discount', '5'), of('bonus', '10'), of(undefined, '7')];
    for (const order of [
      [small, large, none],
      [none, large, small],
      [large, small, none],
    ]) {
      expect(chosenCoupon(order, nothingUnlocked)).toBe(large);
    }
    const cashback = of('cashback', '1');
    expect(chosenCoupon([large, cashback], nothingUnlocked)).toBe(cashback);
  });

  it('passes over coupons that are incomplete or locked', () => {
    const percentage: Coupon = { _id: 'a', type: 'percentage', category: 'discount', percentage_value: '10' };
    expect(isValidCoupon({ ...percentage, percentage_value: '10%' })).toBe(false);
    expect(chosenCoupon([{ ...percentage, requires_promo_code: true }], nothingUnlocked)).toBeUndefined();
    expect(chosenCoupon([{ ...percentage, requires_promo_code: true }], new Set(['a']))?._id).toBe('a');
    expect(chosenCoupon(null, nothingUnlocked)).toBeUndefined();
  });
});
