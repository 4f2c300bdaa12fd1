import type { AppliedCoupon, Coupon } from './coupon.ts';
import type { PriceDynamicTariff } from './dynamic-tariff.ts';
import type { PriceGetAg } from './get-ag.ts';
import type { Maybe } from './maybe.ts';
import type { Price, Product } from './price.ts';
import type { TotalDetails } from './pricing-details.ts';
import type { TaxAmount } from './tax.ts';
import type { TierDetails } from './tier.ts';

/** A customer input, such as yearly consumption, for one price (contract: PriceInputMapping). */
export interface PriceInputMapping {
  readonly price_id?: Maybe<string>;
  readonly value?: Maybe<number>;
  readonly frequency_unit?: Maybe<string>;
  readonly name?: Maybe<string>;
}

/** A fee from outside for one price, net, as decimal text (contract: ExternalFeeMapping). */
export interface ExternalFeeMapping {
  readonly price_id?: Maybe<string>;
  readonly frequency_unit?: Maybe<string>;
  readonly amount_total?: Maybe<number>;
  readonly amount_total_decimal?: Maybe<string>;
}

/**
 * An item to be priced, simple or composite (contract: PriceItemDto, CompositePriceItemDto). Computed items are
 * accepted as well, and keys not listed here are carried along to the result.
 */
export interface PriceItemDto {
  readonly quantity?: Maybe<number>;
  readonly price_id?: Maybe<string>;
  readonly product_id?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly pricing_model?: Maybe<string>;
  readonly unit_amount?: Maybe<number>;
  readonly unit_amount_decimal?: Maybe<string>;
  readonly type?: Maybe<string>;
  readonly billing_period?: Maybe<string>;
  readonly is_tax_inclusive?: Maybe<boolean>;
  readonly is_composite_price?: Maybe<boolean>;
  readonly on_request_approved?: Maybe<boolean>;
  readonly taxes?: Maybe<readonly TaxAmount[]>;
  readonly price_mappings?: Maybe<readonly PriceInputMapping[]>;
  readonly external_fees_mappings?: Maybe<readonly ExternalFeeMapping[]>;
  readonly item_components?: Maybe<readonly PriceItemDto[]>;
  readonly _coupons?: Maybe<readonly Coupon[]>;
  readonly _price?: Maybe<Price>;
  readonly _product?: Maybe<Product>;
  readonly get_ag?: Maybe<PriceGetAg>;
  readonly dynamic_tariff?: Maybe<PriceDynamicTariff>;
  readonly _immutable_pricing_details?: Maybe<{ readonly items?: Maybe<readonly PriceItemDto[]> }>;
}

/** The amounts only a discounted item has (contract: DiscountAmounts): cents, with decimal text beside them. */
interface DiscountAmountFields {
  unit_discount_amount?: number;
  unit_discount_amount_decimal?: string;
  unit_discount_amount_net?: number;
  unit_discount_amount_net_decimal?: string;
  before_discount_unit_amount?: number;
  before_discount_unit_amount_decimal?: string;
  before_discount_unit_amount_gross?: number;
  before_discount_unit_amount_gross_decimal?: string;
  before_discount_unit_amount_net?: number;
  before_discount_unit_amount_net_decimal?: string;
  discount_amount?: number;
  discount_amount_decimal?: string;
  discount_amount_net?: number;
  discount_amount_net_decimal?: string;
  tax_discount_amount?: number;
  tax_discount_amount_decimal?: string;
  before_discount_tax_amount?: number;
  before_discount_tax_amount_decimal?: string;
  before_discount_amount_total?: number;
  before_discount_amount_total_decimal?: string;
  before_discount_amount_subtotal?: number;
  before_discount_amount_subtotal_decimal?: string;
  discount_percentage?: number;
}

/** The amounts only an item with cashback has (contract: CashbackAmounts). */
interface CashbackAmountFields {
  cashback_amount?: number;
  cashback_amount_decimal?: string;
  after_cashback_amount_total?: number;
  after_cashback_amount_total_decimal?: string;
  cashback_period?: string;
}

/** A priced item (contract: PriceItem, CompositePriceItem): what was sent, plus the computed keys. Amounts are cents. */
export interface PriceItem extends DiscountAmountFields, CashbackAmountFields {
  quantity?: Maybe<number>;
  price_id?: Maybe<string>;
  product_id?: Maybe<string>;
  description?: Maybe<string>;
  pricing_model?: Maybe<string>;
  currency?: Maybe<string>;
  type?: Maybe<string>;
  billing_period?: Maybe<string>;
  is_tax_inclusive?: Maybe<boolean>;
  is_composite_price?: Maybe<boolean>;
  on_request_approved?: Maybe<boolean>;
  price_display_in_journeys?: Maybe<string>;
  unit_amount?: Maybe<number>;
  unit_amount_decimal?: Maybe<string>;
  unit_amount_net?: number;
  unit_amount_net_decimal?: string;
  unit_amount_gross?: number;
  unit_amount_gross_decimal?: string;
  amount_subtotal?: number;
  amount_subtotal_decimal?: string;
  amount_total?: number;
  amount_total_decimal?: string;
  amount_tax?: number;
  taxes?: Maybe<readonly TaxAmount[]>;
  tiers_details?: Maybe<readonly TierDetails[]>;
  get_ag?: Maybe<PriceGetAg>;
  dynamic_tariff?: Maybe<PriceDynamicTariff>;
  item_components?: Maybe<readonly PriceItem[]>;
  total_details?: TotalDetails;
  _coupons?: Maybe<readonly AppliedCoupon[]>;
  _price?: Maybe<Price>;
  _product?: Maybe<Product>;
}

/** An item for a price with components (contract: CompositePriceItemDto). */
export type CompositePriceItemDto = PriceItemDto & { readonly is_composite_price: true };

/** A priced item with components (contract: CompositePriceItem). */
export type CompositePriceItem = PriceItem & { is_composite_price: true };
