import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { AppliedCoupon, Coupon } from '../contract/coupon.ts';
import { listOf } from '../contract/list.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { CashbackRow } from '../totals/totals.ts';
import { compareCoupons, type FixedCoupon, isCashback, isFixedCoupon, isUnlocked } from './select-coupons.ts';

/** The cashbacks of a composite item: for its `_coupons`, and for the totals. */
export interface CompositeCashbacks<A> {
  readonly coupons: AppliedCoupon[];
  readonly rows: CashbackRow<A>[];
}

/**
 * The coupons that work on a composite item as a whole: fixed cashbacks, all of them, times the quantity (spec A8.5).
 * Their currency is not compared.
 */
export function compositeCashbacks<A, F>(
  ar: Arithmetic<A, F>,
  coupons: Maybe<readonly Coupon[]>,
  unlocked: ReadonlySet<string>,
  quantity: F,
): CompositeCashbacks<A> {
  const applied = (listOf(coupons) ?? [])
    .filter(isFixedCoupon)
    .filter((coupon) => isCashback(coupon) && isUnlocked(coupon, unlocked))
    .sort(compareCoupons)
    .map((coupon) => ({ coupon, amount: ar.mul(ar.fine(coupon.fixed_value_decimal), quantity) }));
  return {
    coupons: applied.map(({ coupon, amount }) => appliedCoupon(ar, coupon, amount)),
    rows: applied.map(({ coupon, amount }) => ({
      period: coupon.cashback_period ?? '0',
      name: coupon.name || undefined,
      amount,
    })),
  };
}

function appliedCoupon<A, F>(ar: Arithmetic<A, F>, coupon: FixedCoupon, amount: A): AppliedCoupon {
  const applied: AppliedCoupon = { ...coupon };
  if (ar.isZero(amount)) {
    delete applied.cashback_amount;
    delete applied.cashback_amount_decimal;
    return applied;
  }
  applied.cashback_amount = ar.cents(amount);
  applied.cashback_amount_decimal = ar.text(amount);
  return applied;
}
