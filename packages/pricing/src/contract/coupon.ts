import type { Maybe } from './maybe.ts';

/** A coupon snapshot (contract: CouponItem). */
export interface Coupon {
  readonly _id?: Maybe<string>;
  readonly name?: Maybe<string>;
  readonly type?: Maybe<string>;
  readonly category?: Maybe<string>;
  /** Cents; only used to rank fixed coupons. */
  readonly fixed_value?: Maybe<number>;
  readonly fixed_value_decimal?: Maybe<string>;
  readonly fixed_value_currency?: Maybe<string>;
  /** Percent as text. */
  readonly percentage_value?: Maybe<string>;
  /** "0": at once, "12": after twelve months. */
  readonly cashback_period?: Maybe<string>;
  readonly requires_promo_code?: Maybe<boolean>;
  readonly _created_at?: Maybe<string>;
}

/** A coupon in a result; composite-level cashbacks carry their amount (cents and decimal text). */
export interface AppliedCoupon extends Coupon {
  cashback_amount?: number;
  cashback_amount_decimal?: string;
}

/** A promo code the customer has redeemed, with the coupons it unlocks (contract: RedeemedPromo). */
export interface RedeemedPromo {
  readonly code?: string;
  readonly coupons?: Maybe<readonly Coupon[]>;
}
