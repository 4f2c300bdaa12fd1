import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Price } from '../contract/price.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import { chosenTier, tiersOf } from './choose-tier.ts';
import type { Rated } from './rated.ts';
import { tierDisplayOf } from './tier-display.ts';
import { unitTierRow } from './tier-row.ts';

/** One tier is chosen by the customer input and its unit price applies to everything (spec A7.3). */
export function rateTieredVolume<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  price: Price,
): Rated<A, F> {
  const tier = chosenTier(ar, tiersOf(price.tiers), terms.quantities.selection);
  const row = unitTierRow(ar, tier, terms.taxation, terms.quantities.multiplier);
  const { unitNet, unitGross, subtotal, total, tax } = row;
  return {
    amounts: { unit: undefined, unitNet, unitGross, subtotal, total, tax },
    tierRows: [row],
    tierDisplay: tierDisplayOf(price, tier),
    getAg: undefined,
    dynamicTariff: undefined,
  };
}
