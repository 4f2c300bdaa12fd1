import type { Maybe } from './maybe.ts';

/** A price tier (contract: PriceTier). `up_to` is inclusive; missing or null means open end. Amounts: cents and decimal text. */
export interface PriceTier {
  readonly up_to?: Maybe<number>;
  readonly unit_amount?: Maybe<number>;
  readonly unit_amount_decimal?: Maybe<string>;
  readonly flat_fee_amount?: Maybe<number>;
  readonly flat_fee_amount_decimal?: Maybe<string>;
  readonly display_mode?: Maybe<string>;
}

/** What one tier contributed to an item (contract: TierDetails). Amounts are cents. */
export interface TierDetails {
  quantity?: number;
  unit_amount?: number;
  unit_amount_decimal?: string;
  unit_amount_net?: number;
  unit_amount_gross?: number;
  amount_subtotal?: number;
  amount_total?: number;
  amount_tax?: number;
}
