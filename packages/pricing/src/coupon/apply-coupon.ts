import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import type { ItemAmounts } from '../rate/item-amounts.ts';
import type { Rated } from '../rate/rated.ts';
import { cashbackOf } from './apply-cashback.ts';
import { discountTiers, discountUnit } from './apply-discount.ts';
import type { CashbackAmounts, DiscountAmounts } from './discount-amounts.ts';
import { isCashback, percentageOf, requireCurrency, type ValidCoupon } from './select-coupons.ts';

/** What a coupon makes of a rated item. Without a coupon only `amounts` is set. */
export interface CouponEffect<A> {
  readonly amounts: ItemAmounts<A>;
  readonly discount: DiscountAmounts<A> | undefined;
  readonly discountPercentage: number | undefined;
  readonly cashback: CashbackAmounts<A> | undefined;
}

/**
 * Applies the chosen coupon of an item (spec A8.3, A8.4). Flat fees are multiplied by the quantity here even where the
 * undiscounted fee is not. Throws CURRENCY_MISMATCH for a fixed coupon in another currency.
 */
export function applyCoupon<A, F>(
  ar: Arithmetic<A, F>,
  coupon: ValidCoupon | undefined,
  rated: Rated<A, F>,
  terms: PriceTerms<A, F>,
): CouponEffect<A> {
  const { amounts } = rated;
  if (coupon === undefined) {
    return { amounts, discount: undefined, discountPercentage: undefined, cashback: undefined };
  }
  requireCurrency(coupon, terms.currency);
  const { quantity, multiplier } = terms.quantities;
  const times = terms.price?.pricing_model === 'tiered_flatfee' ? quantity : multiplier;
  if (isCashback(coupon)) {
    const cashback = cashbackOf(ar, coupon, amounts, terms, times);
    return { amounts, discount: undefined, discountPercentage: undefined, cashback };
  }
  const graduated = terms.price?.pricing_model === 'tiered_graduated';
  const discounted =
    graduated && rated.tierRows
      ? discountTiers(ar, coupon, rated.tierRows, terms.taxation)
      : discountUnit(ar, coupon, amounts, terms.taxation, times);
  return {
    amounts: discounted.amounts,
    discount: discounted.discount,
    discountPercentage: coupon.type === 'percentage' ? percentageOf(coupon) : undefined,
    cashback: undefined,
  };
}
