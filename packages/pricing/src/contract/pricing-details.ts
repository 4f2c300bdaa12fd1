import type { RedeemedPromo } from './coupon.ts';
import type { Maybe } from './maybe.ts';
import type { PriceItem } from './price-item.ts';
import type { TaxAmountBreakdown } from './tax.ts';

/** Sums of all items with the same recurrence (contract: RecurrenceAmount): cents and decimal text. */
export interface RecurrenceAmount {
  type: 'recurring' | 'one_time';
  billing_period?: Maybe<string>;
  unit_amount_gross: number;
  unit_amount_net?: number;
  amount_subtotal: number;
  amount_subtotal_decimal: string;
  amount_total: number;
  amount_total_decimal: string;
  amount_tax: number;
  before_discount_amount_total?: number;
  before_discount_amount_total_decimal?: string;
  before_discount_amount_subtotal?: number;
  before_discount_amount_subtotal_decimal?: string;
  discount_amount?: number;
  discount_amount_decimal?: string;
  after_cashback_amount_total?: number;
  after_cashback_amount_total_decimal?: string;
}

/** Sums per recurrence and tax (contract: RecurrenceAmountWithTax), in cents. `tax` is the cart-wide row of that tax. */
export interface RecurrenceAmountWithTax {
  type: Maybe<string>;
  billing_period?: Maybe<string>;
  amount_total: number;
  amount_subtotal: number;
  amount_tax: number;
  tax: TaxAmountBreakdown;
}

/** One granted cashback (contract: CashbackAmount), in cents. */
export interface CashbackAmount {
  cashback_period: string;
  amount_total: number;
  cashback_name?: string;
}

/** Totals with their breakdown (contract: TotalDetails), in cents. */
export interface TotalDetails {
  /** Only present, and 0, if nothing was counted. */
  amount_shipping?: number;
  amount_tax: number;
  breakdown: {
    taxes: TaxAmountBreakdown[];
    recurrences: RecurrenceAmount[];
    recurrencesByTax: RecurrenceAmountWithTax[];
    cashbacks: CashbackAmount[];
  };
}

/** The result of pricing a cart (contract: PricingDetails). Amounts are cents. */
export interface PricingDetails {
  items: PriceItem[];
  amount_subtotal: number;
  amount_total: number;
  amount_tax: number;
  total_details: TotalDetails;
  currency: string;
  redeemed_promos?: readonly RedeemedPromo[];
}
