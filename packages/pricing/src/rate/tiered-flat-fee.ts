import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Price } from '../contract/price.ts';
import type { PriceTier } from '../contract/tier.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import { chosenTier, tiersOf } from './choose-tier.ts';
import { amountsOfUnit, type ItemAmounts } from './item-amounts.ts';
import type { Rated } from './rated.ts';
import { tierDisplayOf } from './tier-display.ts';
import type { TierRow } from './tier-row.ts';

/**
 * The tier chosen by the customer input decides a fixed fee (spec A7.4). The quantity multiplies the fee only if there
 * is such an input.
 */
export function rateTieredFlatFee<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  price: Price,
): Rated<A, F> {
  const { selection, quantity, mapped } = terms.quantities;
  const tier = chosenTier(ar, tiersOf(price.tiers), selection);
  const fee = ar.fine(tier.flat_fee_amount_decimal);
  const amounts = amountsOfUnit(ar, fee, terms.taxation, mapped ? quantity : ar.one);
  amounts.unit = undefined;
  return {
    amounts,
    tierRows: [flatFeeRow(ar, tier, selection, amounts)],
    tierDisplay: tierDisplayOf(price, tier),
    getAg: undefined,
    dynamicTariff: undefined,
  };
}

/** The details of a flat fee show the fee once, whatever the quantity is. */
export function flatFeeRow<A, F>(
  ar: Arithmetic<A, F>,
  tier: PriceTier,
  selection: F,
  amounts: Pick<ItemAmounts<A>, 'unitNet' | 'unitGross'>,
): TierRow<A, F> {
  const { unitNet, unitGross } = amounts;
  return {
    tier,
    quantity: selection,
    unitAmount: tier.flat_fee_amount || 0,
    unitAmountDecimal: tier.flat_fee_amount_decimal || '0',
    unitNet,
    unitGross,
    subtotal: unitNet,
    total: unitGross,
    tax: ar.sub(unitGross, unitNet),
  };
}
