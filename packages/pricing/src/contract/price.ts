import type { Coupon } from './coupon.ts';
import type { PriceDynamicTariff } from './dynamic-tariff.ts';
import type { PriceGetAg } from './get-ag.ts';
import type { Maybe } from './maybe.ts';
import type { Tax } from './tax.ts';
import type { PriceTier } from './tier.ts';

/** A relation that was not hydrated; it holds no usable data. */
interface UnresolvedRelation {
  readonly $relation?: unknown;
}

/** A price snapshot, simple or composite (contract: Price, CompositePrice). Further keys are carried along untouched. */
export interface Price {
  readonly _id?: Maybe<string>;
  readonly _tags?: Maybe<readonly string[]>;
  readonly pricing_model?: Maybe<string>;
  readonly unit_amount?: Maybe<number>;
  /** At most 12 fraction digits count. */
  readonly unit_amount_decimal?: Maybe<string>;
  readonly unit_amount_currency?: Maybe<string>;
  readonly is_tax_inclusive?: Maybe<boolean>;
  readonly type?: Maybe<string>;
  readonly billing_period?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly tax?: Maybe<readonly Tax[] | UnresolvedRelation>;
  readonly tiers?: Maybe<readonly PriceTier[]>;
  readonly variable_price?: Maybe<boolean>;
  readonly unit?: Maybe<string>;
  readonly price_display_in_journeys?: Maybe<string>;
  readonly unchanged_price_display_in_journeys?: Maybe<string>;
  readonly get_ag?: Maybe<PriceGetAg>;
  readonly dynamic_tariff?: Maybe<PriceDynamicTariff>;
  readonly is_composite_price?: Maybe<boolean>;
  readonly price_components?: Maybe<readonly Price[] | UnresolvedRelation>;
  readonly _coupons?: Maybe<readonly Coupon[]>;
}

/** A product snapshot; only its identity and tags are read. */
export interface Product {
  readonly _id?: Maybe<string>;
  readonly _tags?: Maybe<readonly string[]>;
}
