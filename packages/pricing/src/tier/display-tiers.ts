import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Tax } from '../contract/tax.ts';
import type { PriceTier } from '../contract/tier.ts';
import { getTaxValue } from '../item/taxation.ts';
import { reachedTiers } from '../rate/choose-tier.ts';

/** A tier with its gross amounts: cents and decimal text. */
export interface DisplayTier extends PriceTier {
  readonly unit_amount_gross?: number;
  readonly unit_amount_gross_decimal?: string;
  readonly flat_fee_amount_gross?: number;
  readonly flat_fee_amount_gross_decimal?: string;
}

/**
 * The tier to show for a quantity, with gross amounts (spec A17). Without a quantity or model, and for graduated
 * prices, that is the first one; undefined if there are no tiers.
 */
export function getDisplayTierByQuantity(
  tiers: Maybe<readonly PriceTier[]>,
  quantity: Maybe<number>,
  pricingModel: Maybe<string>,
  isTaxInclusive = true,
  tax?: Maybe<Tax>,
): DisplayTier | undefined {
  const first = tiers?.[0];
  if (!tiers || !first) return undefined;
  const graduated = pricingModel === 'tiered_graduated';
  const tier = graduated || !pricingModel ? first : (reached(tiers, quantity).at(-1) ?? first);
  return withGrossAmounts(tier, isTaxInclusive, tax);
}

/** Like `getDisplayTierByQuantity`, but all tiers the quantity reaches for graduated prices. */
export function getDisplayTiersByQuantity(
  tiers: Maybe<readonly PriceTier[]>,
  quantity: Maybe<number>,
  pricingModel: Maybe<string>,
  isTaxInclusive = true,
  tax?: Maybe<Tax>,
): DisplayTier[] | undefined {
  if (tiers && pricingModel === 'tiered_graduated') {
    const shown = reached(tiers, quantity);
    if (shown.length > 0) return shown.map((tier) => withGrossAmounts(tier, isTaxInclusive, tax));
  }
  const tier = getDisplayTierByQuantity(tiers, quantity, pricingModel, isTaxInclusive, tax);
  return tier && [tier];
}

/** None for a quantity that is missing, zero or negative. */
function reached(tiers: readonly PriceTier[], quantity: Maybe<number>): readonly PriceTier[] {
  if (!quantity || quantity <= 0) return [];
  return reachedTiers(doubleArithmetic, tiers, doubleArithmetic.factor(quantity));
}

function withGrossAmounts(tier: PriceTier, inclusive: boolean, tax: Maybe<Tax>): DisplayTier {
  const unit = grossOf(tier.unit_amount_decimal, inclusive, tax);
  const fee = grossOf(tier.flat_fee_amount_decimal, inclusive, tax);
  return {
    ...tier,
    ...(unit && { unit_amount_gross: unit.cents, unit_amount_gross_decimal: unit.text }),
    ...(fee && { flat_fee_amount_gross: fee.cents, flat_fee_amount_gross_decimal: fee.text }),
  };
}

function grossOf(
  decimal: Maybe<string>,
  inclusive: boolean,
  tax: Maybe<Tax>,
): { cents: number; text: string } | undefined {
  if (!decimal) return undefined;
  const ar = doubleArithmetic;
  const amount = ar.fine(decimal);
  const gross = inclusive ? amount : ar.mul(amount, ar.factor(1 + getTaxValue(tax)));
  return { cents: ar.cents(gross), text: ar.text(gross) };
}
