import type { Maybe } from './maybe.ts';

/** Settings and computed figures of a market price tariff (contract: PriceDynamicTariff). Amounts: cents and decimal text. */
export interface PriceDynamicTariff {
  /** day_ahead_market or manual */
  mode?: Maybe<string>;
  interval?: Maybe<string>;
  average_price?: Maybe<number>;
  average_price_decimal?: Maybe<string>;
  markup_amount?: Maybe<number>;
  markup_amount_decimal?: Maybe<string>;
  unit_amount_net?: number | undefined;
  unit_amount_net_decimal?: string | undefined;
  unit_amount_gross?: number | undefined;
  unit_amount_gross_decimal?: string | undefined;
  markup_amount_net?: number | undefined;
  markup_amount_net_decimal?: string | undefined;
  markup_amount_gross?: number | undefined;
  markup_amount_gross_decimal?: string | undefined;
}
