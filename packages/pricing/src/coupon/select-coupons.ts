import type { Coupon, RedeemedPromo } from '../contract/coupon.ts';
import { listOf } from '../contract/list.ts';
import type { Maybe } from '../contract/maybe.ts';
import { PricingError } from '../pricing-error.ts';

/** A coupon over a fixed amount whose required fields are there (spec A8.1). */
export interface FixedCoupon extends Coupon {
  readonly type: 'fixed';
  readonly fixed_value: number;
  readonly fixed_value_decimal: string;
  readonly fixed_value_currency: string;
}

/** A percentage coupon whose percentage is readable (spec A8.1). */
export interface PercentageCoupon extends Coupon {
  readonly type: 'percentage';
  readonly percentage_value: string;
}

/** A coupon the engine can apply. */
export type ValidCoupon = FixedCoupon | PercentageCoupon;

/** True for a usable fixed coupon. */
export function isFixedCoupon(coupon: Coupon): coupon is FixedCoupon {
  return (
    coupon.type === 'fixed' &&
    typeof coupon.fixed_value === 'number' &&
    typeof coupon.fixed_value_decimal === 'string' &&
    typeof coupon.fixed_value_currency === 'string'
  );
}

function isPercentageCoupon(coupon: Coupon): coupon is PercentageCoupon {
  return (
    coupon.type === 'percentage' &&
    typeof coupon.percentage_value === 'string' &&
    !Number.isNaN(Number(coupon.percentage_value))
  );
}

/** True for a coupon that can be applied. Activity, dates and linked prices are not looked at (spec A8.1). */
export function isValidCoupon(coupon: Coupon): coupon is ValidCoupon {
  return isFixedCoupon(coupon) || isPercentageCoupon(coupon);
}

/** The ids of the coupons that redeemed promo codes unlock (spec A1.7). */
export function unlockedCouponIds(promos: Maybe<readonly RedeemedPromo[]>): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const promo of promos ?? []) {
    for (const coupon of listOf(promo.coupons) ?? []) {
      if (coupon._id) ids.add(coupon._id);
    }
  }
  return ids;
}

/** True unless the coupon needs a promo code that was not redeemed. */
export function isUnlocked(coupon: Coupon, unlocked: ReadonlySet<string>): boolean {
  return !coupon.requires_promo_code || (typeof coupon._id === 'string' && unlocked.has(coupon._id));
}

/**
 * The one coupon that applies to an item (spec A8.2): cashback before discount, percentage before fixed, then the
 * higher value, then the older coupon. Of equals the first in the list wins.
 */
export function chosenCoupon(
  coupons: Maybe<readonly Coupon[]>,
  unlocked: ReadonlySet<string>,
): ValidCoupon | undefined {
  let best: ValidCoupon | undefined;
  for (const coupon of listOf(coupons) ?? []) {
    if (!isValidCoupon(coupon) || !isUnlocked(coupon, unlocked)) continue;
    if (best === undefined || compareCoupons(coupon, best) < 0) best = coupon;
  }
  return best;
}

/** True for a cashback. Every other category, and none, is a discount: the spec knows no third. */
export function isCashback(coupon: Coupon): boolean {
  return coupon.category === 'cashback';
}

/** Ranks coupons as `chosenCoupon` does; negative if `a` comes first. */
export function compareCoupons(a: ValidCoupon, b: ValidCoupon): number {
  if (isCashback(a) !== isCashback(b)) return isCashback(a) ? -1 : 1;
  if (a.type !== b.type) return a.type === 'percentage' ? -1 : 1;
  return worthOf(b) - worthOf(a) || createdAt(a) - createdAt(b);
}

function worthOf(coupon: ValidCoupon): number {
  return coupon.type === 'percentage' ? Number(coupon.percentage_value) : coupon.fixed_value;
}

/** Missing and unreadable dates count as the epoch, which makes such coupons the oldest. */
function createdAt(coupon: Coupon): number {
  return Date.parse(coupon._created_at ?? '') || 0;
}

/** The percentage of a coupon, from 0 to 100. */
export function percentageOf(coupon: PercentageCoupon): number {
  return Math.min(Math.max(Number(coupon.percentage_value), 0), 100);
}

/** Throws CURRENCY_MISMATCH unless a fixed coupon has the currency of the item, in upper case (spec A8.4). */
export function requireCurrency(coupon: ValidCoupon, currency: string): void {
  if (coupon.type === 'fixed' && coupon.fixed_value_currency !== currency) {
    throw new PricingError(
      'CURRENCY_MISMATCH',
      `A coupon in ${coupon.fixed_value_currency} cannot reduce a price in ${currency}.`,
    );
  }
}
