import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import type { ItemAmounts } from '../rate/item-amounts.ts';
import type { CashbackAmounts } from './discount-amounts.ts';
import { percentageOf, type ValidCoupon } from './select-coupons.ts';

/**
 * The cashback an item earns (spec A8.3): the coupon's amount, or its percentage of the gross unit amount, times the
 * multiplier. The amount after cashback starts from the unit amount and the period of the price.
 */
export function cashbackOf<A, F>(
  ar: Arithmetic<A, F>,
  coupon: ValidCoupon,
  amounts: ItemAmounts<A>,
  terms: PriceTerms<A, F>,
  multiplier: F,
): CashbackAmounts<A> {
  const unit =
    coupon.type === 'fixed'
      ? ar.fine(coupon.fixed_value_decimal)
      : ar.div(ar.mul(amounts.unitGross, ar.factor(percentageOf(coupon))), ar.hundred);
  const cashback = ar.mul(unit, multiplier);
  const perPeriod = ar.convert(cashback, 'yearly', terms.price?.billing_period);
  return { cashback, afterTotal: ar.sub(amounts.unitGross, perPeriod) };
}
