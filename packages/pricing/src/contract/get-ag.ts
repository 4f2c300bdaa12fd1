import type { Maybe } from './maybe.ts';
import type { PriceTier } from './tier.ts';

/** A named extra markup of a GetAG work price. `amount*` are inputs, `amount_net*` and `amount_gross*` are computed. */
export interface AdditionalMarkup {
  amount?: Maybe<number>;
  amount_decimal?: Maybe<string>;
  amount_net?: number;
  amount_net_decimal?: string;
  amount_gross?: number;
  amount_gross_decimal?: string;
}

/** Settings and computed figures of a price with regulated fees (contract: PriceGetAg). Amounts: cents and decimal text. */
export interface PriceGetAg {
  category?: Maybe<string>;
  /** base_price or work_price */
  type?: Maybe<string>;
  /** HT or NT */
  tariff_type?: Maybe<string>;
  markup_pricing_model?: Maybe<string>;
  markup_tiers?: Maybe<readonly PriceTier[]>;
  markup_amount?: Maybe<number>;
  markup_amount_decimal?: Maybe<string>;
  additional_markups_enabled?: Maybe<boolean>;
  additional_markups?: Maybe<Readonly<Record<string, AdditionalMarkup>>>;
  unit_amount_net?: number | undefined;
  unit_amount_net_decimal?: string | undefined;
  unit_amount_gross?: number | undefined;
  unit_amount_gross_decimal?: string | undefined;
  markup_amount_net?: number | undefined;
  markup_amount_net_decimal?: string | undefined;
  markup_amount_gross?: number | undefined;
  markup_amount_gross_decimal?: string | undefined;
  markup_total_amount_net?: number | undefined;
  markup_total_amount_net_decimal?: string | undefined;
  markup_total_amount_gross?: number | undefined;
  markup_total_amount_gross_decimal?: string | undefined;
}
